/// Indents JSON: only white space changes, keys keep their order and numbers every digit.
///
/// It works on the bytes of a document that is known to be valid. Control characters that JSON allows unescaped (U+007F
/// to U+009F) are escaped, so that no text can control a terminal.
struct IndentedJSON {
    private var output: [UInt8] = []
    private var depth = 0

    /// The value, indented by two spaces per level, without a line break at its end.
    static func text(of value: some Collection<UInt8>) -> [UInt8] {
        var layout = IndentedJSON()
        layout.output.reserveCapacity(value.count * 2)
        layout.lay(Array(value))
        return layout.output
    }

    private mutating func lay(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09:
                index += 1
            case UInt8(ascii: "\""):
                index = copyString(bytes, from: index)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                index = open(bytes, at: index)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                breakLine()
                output.append(byte)
                index += 1
            case UInt8(ascii: ","):
                output.append(byte)
                breakLine()
                index += 1
            case UInt8(ascii: ":"):
                output += [byte, 0x20]
                index += 1
            default:
                output.append(byte)
                index += 1
            }
        }
    }

    /// Opens a bracket; an empty pair stays on one line.
    private mutating func open(_ bytes: [UInt8], at start: Int) -> Int {
        let closing = bytes[start] + 2
        let next = bytes[(start + 1)...].firstIndex { ![0x20, 0x0A, 0x0D, 0x09].contains($0) } ?? bytes.count
        output.append(bytes[start])
        if next < bytes.count, bytes[next] == closing {
            output.append(closing)
            return next + 1
        }
        depth += 1
        breakLine()
        return next
    }

    private mutating func copyString(_ bytes: [UInt8], from start: Int) -> Int {
        output.append(bytes[start])
        var index = start + 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                output.append(byte)
                return index
            case UInt8(ascii: "\\"):
                output.append(byte)
                if index < bytes.count { output.append(bytes[index]) }
                index += 1
            case 0x7F:
                output += Array(#"\u007f"#.utf8)
            case 0xC2 where index < bytes.count && (0x80..<0xA0).contains(bytes[index]):
                output += Array((#"\u00"# + String(bytes[index], radix: 16)).utf8)
                index += 1
            default:
                output.append(byte)
            }
        }
        return index
    }

    private mutating func breakLine() {
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }
}
