/// A JSON value whose object members keep their order, so that replies list their fields like the vendor's examples.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
    /// A text that is written as it is, whether it is JSON or not.
    case raw(String)
}

/// A name and a value in a JSON object.
struct JSONMember: Sendable, Equatable {
    var name: String
    var value: JSONValue
}

extension JSONValue {
    /// The string, or `null` instead of nil.
    static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// The number, or `null` instead of nil.
    static func optional(_ number: Int?) -> JSONValue {
        number.map { .integer($0) } ?? .null
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember(name: $0.0, value: $0.1) })
    }

    init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    init(stringLiteral value: String) {
        self = .string(value)
    }

    init(integerLiteral value: Int) {
        self = .integer(value)
    }

    init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    init(nilLiteral: ()) {
        self = .null
    }
}

extension JSONValue {
    /// The value as UTF-8 text (RFC 8259), indented by two spaces like the replies in MailStore's documentation.
    func encoded() -> [UInt8] {
        var output: [UInt8] = []
        append(to: &output, depth: 0)
        return output
    }

    private func append(to output: inout [UInt8], depth: Int) {
        switch self {
        case .null: output += "null".utf8
        case .raw(let text): output += text.utf8
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
