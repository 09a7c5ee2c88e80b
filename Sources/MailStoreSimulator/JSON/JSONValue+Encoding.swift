extension JSONValue {
    /// The value as UTF-8 text (RFC 8259), indented by two spaces as MailStore's documentation shows its replies.
    func encoded() -> [UInt8] {
        var output: [UInt8] = []
        append(to: &output, depth: 0)
        return output
    }

    private func append(to output: inout [UInt8], depth: Int) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .decimal(let value): output += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let value): Self.append(quoted: value, to: &output)
        case .array(let elements):
            Self.append(elements, between: ("[", "]"), to: &output, depth: depth) { element, output in
                element.append(to: &output, depth: depth + 1)
            }
        case .object(let members):
            Self.append(members, between: ("{", "}"), to: &output, depth: depth) { member, output in
                Self.append(quoted: member.name, to: &output)
                output += ": ".utf8
                member.value.append(to: &output, depth: depth + 1)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element],
        between brackets: (StaticString, StaticString),
        to output: inout [UInt8],
        depth: Int,
        one: (Element, inout [UInt8]) -> Void
    ) {
        output += brackets.0.description.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            newLine(to: &output, depth: depth + 1)
            one(element, &output)
        }
        if !elements.isEmpty { newLine(to: &output, depth: depth) }
        output += brackets.1.description.utf8
    }

    private static func newLine(to output: inout [UInt8], depth: Int) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private static func append(quoted text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output += "\\\"".utf8
            case UInt8(ascii: "\\"): output += "\\\\".utf8
            case UInt8(ascii: "\n"): output += "\\n".utf8
            case UInt8(ascii: "\r"): output += "\\r".utf8
            case UInt8(ascii: "\t"): output += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
