import PlainText

/// How a step of the check ended.
package enum CheckStatus: String, Sendable, CaseIterable {
    case ok
    /// It works, and something should be done all the same.
    case warning
    /// Something that the exporter cannot do without does not work.
    case failed
    /// Not tried: a step before it did not get there, or there is nothing to try.
    case skipped
}

/// One step of the check and what it found, for people and for programs; all texts are safe to print.
package struct CheckStep: Sendable, Equatable {
    /// The configured name of the server; `nil` where the step concerns the configuration.
    package let target: String?
    /// What was looked at, in snake case: `tls`, `time_zone`, `collector_jobs`.
    package let step: String
    package let status: CheckStatus
    /// What was found, on one line.
    package let message: String
    /// What to do about it; `nil` where there is nothing to do.
    package let remedy: String?
    /// Single facts, for programs; those that people want to read or copy are printed too.
    package let details: [CheckDetail]

    package init(
        target: String?, step: String, status: CheckStatus, message: String, remedy: String? = nil,
        details: [CheckDetail] = []
    ) {
        self.target = target
        self.step = step
        self.status = status
        self.message = PrintableText.clean(message)
        self.remedy = remedy.map(PrintableText.clean)
        self.details = details
    }
}

/// One fact that a step found out.
package struct CheckDetail: Sendable, Equatable {
    /// A fact's value, in the types that JSON has.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case flag(Bool)
    }

    /// In snake case, unique within a step.
    package let name: String
    package let value: Value
    /// Whether people see it too.
    package let isPrinted: Bool

    /// A text that people see too.
    static func printed(_ name: String, _ text: String) -> CheckDetail {
        CheckDetail(name: name, value: .text(PrintableText.clean(text)), isPrinted: true)
    }

    package static func text(_ name: String, _ text: String) -> CheckDetail {
        CheckDetail(name: name, value: .text(PrintableText.clean(text)), isPrinted: false)
    }

    package static func number(_ name: String, _ number: some BinaryInteger) -> CheckDetail {
        CheckDetail(name: name, value: .number(Double(number)), isPrinted: false)
    }

    /// A duration in seconds, to the millisecond.
    package static func seconds(_ name: String, _ seconds: Double) -> CheckDetail {
        CheckDetail(name: name, value: .number((seconds * 1000).rounded() / 1000), isPrinted: false)
    }

    package static func flag(_ name: String, _ flag: Bool) -> CheckDetail {
        CheckDetail(name: name, value: .flag(flag), isPrinted: false)
    }
}
