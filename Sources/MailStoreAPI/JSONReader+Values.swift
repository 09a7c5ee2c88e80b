extension JSONReader {
    package mutating func readBool() throws(JSONError) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try expectLiteral("true")
            return true
        case UInt8(ascii: "f"):
            try expectLiteral("false")
            return false
        default:
            throw failure("expected a boolean, found \(found)")
        }
    }

    /// Reads a whole number; `5.0` and `1e3` count as whole.
    package mutating func readInt() throws(JSONError) -> Int64 {
        let start = position
        if let integer = takePlainInteger() { return integer }
        position = start
        let text = try readNumberText()
        // Digits alone are never read as a Double, which would round numbers above 2⁵³.
        let isPlain = text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }
        guard let integer = isPlain ? Int64(text) : Double(text).flatMap(Int64.init(exactly:)) else {
            position = start
            throw failure("expected a whole number within 64 bits")
        }
        return integer
    }

    /// Reads a finite number.
    package mutating func readDouble() throws(JSONError) -> Double {
        let start = position
        guard let double = Double(try readNumberText()), double.isFinite else {
            position = start
            throw failure("a number is too large")
        }
        return double
    }

    /// The most common kind of number by far: a few digits and nothing else.
    mutating func takePlainInteger() -> Int64? {
        let negative = take(UInt8(ascii: "-"))
        let start = position
        var magnitude: Int64 = 0
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 {
            guard position - start < 18 else { return nil }
            magnitude = magnitude * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        let digits = position - start
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        switch peek() {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
        default: return negative ? -magnitude : magnitude
        }
    }

    /// Reads a number of any size as text.
    mutating func readNumberText() throws(JSONError) -> String {
        let start = position
        try skipNumber()
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    }

    mutating func skipNumber() throws(JSONError) {
        guard peek() == UInt8(ascii: "-") || peek() &- UInt8(ascii: "0") < 10 else {
            throw failure("expected a number, found \(found)")
        }
        _ = take(UInt8(ascii: "-"))
        let leadingZero = peek() == UInt8(ascii: "0")
        let digits = try skipDigits()
        guard !leadingZero || digits == 1 else { throw failure("a number begins with a zero") }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            try skipDigits()
        }
    }

    @discardableResult
    private mutating func skipDigits() throws(JSONError) -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw failure("expected a digit, found \(found)") }
        return position - start
    }
}

// MARK: - Strings

extension JSONReader {
    /// Reads a string; bytes that are not UTF-8 and lone surrogates become U+FFFD.
    package mutating func readString() throws(JSONError) -> String {
        let raw = try readRawString(expecting: "a string")
        return raw.hasEscapes ? try unescape(raw.bytes) : String(decoding: raw.bytes, as: UTF8.self)
    }

    /// Reads the bytes between two quotes without decoding escapes.
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
                throw failure("a string contains an unescaped control character")
            default:
                position += 1
            }
        }
        position = bytes.count
        throw failure("the document ends in the middle of a string")
    }

    func unescape(_ raw: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
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
            default: throw failure("a string contains an unknown escape")
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the four digits after `\u`, and those of a second `\u` if the first is the upper half of a pair.
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
                throw failure("a \\u escape contains a character that is not a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}

// MARK: - Values of any type

extension JSONReader {
    /// Skips one value of any type and returns its place in the document.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        let start = position
        switch peek() {
        case UInt8(ascii: "\""): _ = try readRawString(expecting: "a string")
        case UInt8(ascii: "{"): try readObject { (reader, _) throws(JSONError) in try reader.skipValue() }
        case UInt8(ascii: "["): try readArray { (reader, _) throws(JSONError) in try reader.skipValue() }
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
        case UInt8(ascii: "n"): try expectLiteral("null")
        case UInt8(ascii: "N") where acceptsNaN: try expectLiteral("NaN")
        case UInt8(ascii: "I") where acceptsNaN: try expectLiteral("Infinity")
        case UInt8(ascii: "-") where isNegativeInfinity: try expectLiteral("-Infinity")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw failure("expected a value, found \(found)")
        }
        return start..<position
    }

    var isNegativeInfinity: Bool {
        acceptsNaN && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "I")
    }
}
