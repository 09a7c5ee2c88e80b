/// The check as programs read it: an array of steps.
package enum JSONReport {
    /// The steps as a JSON document that ends with a line break.
    package static func render(_ steps: [CheckStep]) -> String {
        guard !steps.isEmpty else { return "[]\n" }
        return "[\n" + steps.map { "  " + object(for: $0) }.joined(separator: ",\n") + "\n]\n"
    }

    private static func object(for step: CheckStep) -> String {
        let details = step.details.map { "\(quoted($0.name)): \(value($0.value))" }.joined(separator: ", ")
        let members = [
            "\"target\": \(step.target.map(quoted) ?? "null")",
            "\"step\": \(quoted(step.step))",
            "\"status\": \(quoted(step.status.rawValue))",
            "\"message\": \(quoted(step.message))",
            "\"remedy\": \(step.remedy.map(quoted) ?? "null")",
            "\"details\": {\(details)}",
        ]
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func value(_ value: CheckDetail.Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number):
            // JSON has no infinities and no NaN (RFC 8259, section 6).
            Int64(exactly: number).map(String.init) ?? (number.isFinite ? "\(number)" : "null")
        }
    }

    /// A string as RFC 8259, section 7, writes it.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
