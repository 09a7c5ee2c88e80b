extension JSONReader {
    /// Reads a string; bytes that are not UTF-8 and lone surrogates become U+FFFD.
    package mutating func readString() throws(JSONError) -> String {
        let raw = try readRawString(expecting: "a string")
        return raw.hasEscapes ? try unescape(raw.bytes) : String(decoding: raw.bytes, as: UTF8.self)
    }

    /// Reads the bytes between two quotes without looking at what escapes mean.
    mutating func readRawString(
        expecting expected: StaticString
    ) throws(JSONError) -> (bytes: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        guard take(UInt8(ascii: "\"")) else { throw failure("expected \(expected), found \(found)") }
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let content = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return (content, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            case 0..<0x20:
                throw failure("a control character stands unescaped in a string")
            default:
                position += 1
            }
        }
        position = bytes.count
        throw failure("the document ends in the middle of a string")
    }

    private func unescape(_ raw: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                text.append(raw[index])
                index += 1
                continue
            }
            let escape = raw[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try unicodeScalar(in: raw, at: &index)).utf8))
            default: throw failure("a string holds an unknown escape")
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the four digits after `\u`, and those of a second `\u` where the first is the upper half of a pair.
    private func unicodeScalar(
        in raw: UnsafeBufferPointer<UInt8>, at index: inout Int
    ) throws(JSONError) -> UnicodeScalar {
        let first = try hexadecimalUnit(in: raw, at: &index)
        guard UTF16.isLeadSurrogate(first), index + 1 < raw.count,
            raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u")
        else { return UnicodeScalar(UInt32(first)) ?? "\u{FFFD}" }
        var next = index + 2
        let second = try hexadecimalUnit(in: raw, at: &next)
        guard UTF16.isTrailSurrogate(second) else { return "\u{FFFD}" }
        index = next
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return UnicodeScalar(code) ?? "\u{FFFD}"
    }

    private func hexadecimalUnit(
        in raw: UnsafeBufferPointer<UInt8>, at index: inout Int
    ) throws(JSONError) -> UInt16 {
        guard index + 4 <= raw.count else { throw failure("a \\u escape is cut short") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(UnicodeScalar(raw[index])).hexDigitValue else {
                throw failure("a \\u escape holds something that is no hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
