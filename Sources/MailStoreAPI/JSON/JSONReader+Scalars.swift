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
        // Digits alone never go by way of a Double, which would round those above 2⁵³ to a neighbour.
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

    /// Reads an identifier, which a server may write as a number or as a string.
    package mutating func readIdentifier() throws(JSONError) -> String {
        switch peek() {
        case UInt8(ascii: "\""): return try readString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return String(try readInt())
        default: throw failure("expected a number or a string, found \(found)")
        }
    }

    /// The commonest number by far: digits that fit and end where the number ends.
    private mutating func takePlainInteger() -> Int64? {
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

    /// Reads a number of any size as it is written.
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
