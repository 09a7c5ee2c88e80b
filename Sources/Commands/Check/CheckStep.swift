import PlainText

/// The result of a step of the check.
enum CheckStatus: String, Sendable, CaseIterable {
    case ok
    /// It works, but needs attention.
    case warning
    /// Something that the exporter needs does not work.
    case failed
    /// Not run: a step that it depends on failed, or there is nothing to check.
    case skipped
}

/// One step of the check and its result, for people and for programs; all texts are safe to print.
struct CheckStep: Sendable, Equatable {
    /// The configured name of the server; `nil` if the step concerns the configuration.
    let target: String?
    /// The name of the step, in snake case: `tls`, `time_zone`, `collector_jobs`.
    let step: String
    let status: CheckStatus
    /// The result, on one line.
    let message: String
    /// The remedy; `nil` if there is nothing to do.
    let remedy: String?
    /// Single facts, for programs; facts that people need to read or copy are printed too.
    let details: [CheckDetail]

    init(
        target: String?, step: String, status: CheckStatus, message: String, remedy: String? = nil,
        details: [CheckDetail] = []
    ) {
        self.target = target
        self.step = step
        self.status = status
        self.message = TerminalText.clean(message)
        self.remedy = remedy.map(TerminalText.clean)
        self.details = details
    }

    init(_ finding: Finding, of name: CheckName, target: String) {
        self.init(
            target: target, step: finding.part.map { "\(name.rawValue)_\($0)" } ?? name.rawValue,
            status: finding.status, message: finding.message, remedy: finding.remedy, details: finding.details)
    }
}

/// One fact that a step found.
struct CheckDetail: Sendable, Equatable {
    /// A fact's value, in the types of JSON.
    enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case flag(Bool)
    }

    /// In snake case, unique within a step.
    let name: String
    let value: Value
    /// Whether the report for people prints it too.
    let isPrinted: Bool

    /// A text that is also printed in the report for people.
    static func printed(_ name: String, _ text: String) -> CheckDetail {
        CheckDetail(name: name, value: .text(TerminalText.clean(text)), isPrinted: true)
    }

    static func text(_ name: String, _ text: String) -> CheckDetail {
        CheckDetail(name: name, value: .text(TerminalText.clean(text)), isPrinted: false)
    }

    static func number(_ name: String, _ number: some BinaryInteger) -> CheckDetail {
        CheckDetail(name: name, value: .number(Double(number)), isPrinted: false)
    }

    /// A duration in seconds, to the millisecond.
    static func seconds(_ name: String, _ seconds: Double) -> CheckDetail {
        CheckDetail(name: name, value: .number((seconds * 1000).rounded() / 1000), isPrinted: false)
    }

    static func flag(_ name: String, _ flag: Bool) -> CheckDetail {
        CheckDetail(name: name, value: .flag(flag), isPrinted: false)
    }
}
