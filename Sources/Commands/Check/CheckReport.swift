import PlainText

/// The report for people: a block of lines for each step, aligned and grouped by server.
struct TextReport: Sendable {
    private let usesColour: Bool
    /// The columns of the terminal; `nil` does not wrap lines.
    private let width: Int?
    private var group: String?
    private var isFirst = true
    private var counts: [CheckStatus: Int] = [:]

    private static let statusWidth = 9
    private static let titleWidth = 20
    /// The column in which messages begin.
    private static let indent = 2 + statusWidth + titleWidth

    /// - Parameter width: The columns of the terminal; `nil` for files and pipes.
    init(usesColour: Bool, width: Int?) {
        self.usesColour = usesColour
        self.width = width.map { max($0, Self.indent + 40) }
    }

    /// The lines of one step, below a heading if its server differs from that of the previous step.
    mutating func lines(for step: CheckStep) -> String {
        counts[step.status, default: 0] += 1
        var lines: [String] = []
        if isFirst || step.target != group {
            if !isFirst { lines.append("") }
            lines.append(step.target.map { coloured("Target \($0)", "1") } ?? coloured("Configuration", "1"))
            (group, isFirst) = (step.target, false)
        }
        let title = Self.title(of: step.step)
        let padding = String(repeating: " ", count: max(1, Self.titleWidth - title.count))
        let head = "  \(word(for: step.status))\(title)\(padding)"
        let margin = String(repeating: " ", count: Self.indent)
        for (index, line) in wrapped(step.message, indent: Self.indent).enumerated() {
            lines.append((index == 0 ? head : margin) + line)
        }
        for detail in step.details where detail.isPrinted {
            guard case .text(let text) = detail.value else { continue }
            let name = Self.title(of: detail.name) + ":"
            lines.append(margin + name + String(repeating: " ", count: max(1, 13 - name.count)) + text)
        }
        if let remedy = step.remedy {
            for (index, line) in wrapped(remedy, indent: Self.indent + 2).enumerated() {
                lines.append(margin + (index == 0 ? "→ " : "  ") + line)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The last line: the number of steps by status.
    func summary() -> String {
        let parts = CheckStatus.allCases.compactMap { status -> String? in
            guard let count = counts[status] else { return nil }
            switch status {
            case .ok: return "\(count) ok"
            case .warning: return "\(count) warning\(count == 1 ? "" : "s")"
            case .failed: return "\(count) FAILED"
            case .skipped: return "\(count) skipped"
            }
        }
        return "\n" + parts.joined(separator: ", ") + "\n"
    }

    /// A step's name for people: `time zone`, `collector jobs`.
    static func title(of step: String) -> String {
        String(step.map { $0 == "_" ? " " : $0 })
    }

    private func word(for status: CheckStatus) -> String {
        let (text, code) =
            switch status {
            case .ok: ("ok", "32")
            case .warning: ("warning", "33")
            case .failed: ("FAILED", "1;31")
            case .skipped: ("skipped", "2")
            }
        return coloured(text, code) + String(repeating: " ", count: Self.statusWidth - text.count)
    }

    private func coloured(_ text: String, _ code: String) -> String {
        usesColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// The text wrapped to the width; words are never split, so that a pin can be copied.
    private func wrapped(_ text: String, indent: Int) -> [String] {
        guard let width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width - indent {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}

/// The report for programs: an array of steps.
enum JSONReport {
    /// The steps as a JSON document that ends with a line break.
    static func render(_ steps: [CheckStep]) -> String {
        guard !steps.isEmpty else { return "[]\n" }
        return "[\n" + steps.map { "  " + object(for: $0) }.joined(separator: ",\n") + "\n]\n"
    }

    private static func object(for step: CheckStep) -> String {
        let details = step.details.map { "\(JSONText($0.name)): \(value($0.value))" }.joined(separator: ", ")
        let members = [
            "\"target\": \(text(step.target))",
            "\"step\": \(JSONText(step.step))",
            "\"status\": \(JSONText(step.status.rawValue))",
            "\"message\": \(JSONText(step.message))",
            "\"remedy\": \(text(step.remedy))",
            "\"details\": {\(details)}",
        ]
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func text(_ text: String?) -> String {
        text.map { JSONText($0).description } ?? "null"
    }

    private static func value(_ value: CheckDetail.Value) -> String {
        switch value {
        case .text(let text): JSONText(text).description
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number):
            // JSON has no infinities and no NaN (RFC 8259, section 6).
            Int64(exactly: number).map(String.init) ?? (number.isFinite ? "\(number)" : "null")
        }
    }
}

/// What the check waits for, as one line of a terminal that disappears when the step is done.
struct CheckProgress: Sendable {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func begin(_ step: CheckName, _ target: String) {
        guard let columns = console.columns() else { return }
        let line = "  waiting for \(TextReport.title(of: step.rawValue)) of \(TerminalText.line(target))"
        console.writeMessage(Console.statusLine(TerminalText.cut(line, to: columns - 1)))
    }

    func end() {
        if console.columns() != nil { console.writeMessage(Console.statusLine(nil)) }
    }
}
