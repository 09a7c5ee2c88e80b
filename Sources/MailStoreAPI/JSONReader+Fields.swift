/// Fields of a reply, read leniently: servers may write a value in another way than expected.
///
/// Fields that can be missing are `nil` if they are `null` or cannot be used; the latter is recorded in
/// ``JSONReader/oddities``. Only the usual forms are fast.
extension JSONReader {
    /// Reads a text; a number and a boolean are read as their text.
    package mutating func readOptionalString() throws(JSONError) -> String? {
        switch peek() {
        case UInt8(ascii: "\""):
            let start = position
            let raw = try readRawString(expecting: "a string")
            guard raw.hasEscapes else { return String(decoding: raw.bytes, as: UTF8.self) }
            do {
                return try unescape(raw.bytes)
            } catch {
                position = start
                return try skipUnusable(because: error.problem)
            }
        case UInt8(ascii: "-") where isNegativeInfinity: return try skipUnusable(expecting: "a string")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumberText()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return try readBool() ? "true" : "false"
        default: return try takeNull() ? nil : skipUnusable(expecting: "a string")
        }
    }

    /// Reads a field whose type is not documented: a scalar as its text, and `nil` for arrays and objects.
    mutating func readScalar() throws(JSONError) -> String? {
        guard peek() == UInt8(ascii: "{") || peek() == UInt8(ascii: "[") else { return try readOptionalString() }
        try skipValue()
        return nil
    }

    /// Reads a whole number, also from a string.
    package mutating func readOptionalInt() throws(JSONError) -> Int64? {
        let start = position
        if let integer = takePlainInteger() { return integer }
        position = start
        return try readOptionalNumber("a whole number within 64 bits", LenientNumber.whole)
    }

    /// Reads a number that cannot be negative; a negative one means that it is unknown.
    package mutating func readOptionalCount() throws(JSONError) -> Int64? {
        try readOptionalInt().flatMap { $0 < 0 ? nil : $0 }
    }

    /// Reads a finite number, also from a string.
    package mutating func readOptionalDouble() throws(JSONError) -> Double? {
        try readOptionalNumber("a number within the range of a Double", LenientNumber.finite)
    }

    /// Reads a boolean, also from a string, or from the numbers 0 and 1.
    package mutating func readOptionalBool() throws(JSONError) -> Bool? {
        if peek() == UInt8(ascii: "t") || peek() == UInt8(ascii: "f") { return try readBool() }
        let start = position
        guard let text = try takeScalar() else { return try takeNull() ? nil : skipUnusable(expecting: "a boolean") }
        switch text.trimmedOfSpaces.lowercased() {
        case "": return nil
        case "true", "1": return true
        case "false", "0": return false
        default:
            position = start
            return try skipUnusable(expecting: "a boolean")
        }
    }

    /// Reads the identifier of a row, a number or a string; throws if there is none.
    package mutating func readIdentifier() throws(JSONError) -> String {
        let start = position
        guard let id = try takeIdentifier() else { throw failure("expected a number or a string, found \(found)") }
        guard !id.isEmpty else {
            position = start
            throw failure("expected a number or a string, found an empty string")
        }
        return id
    }

    /// Reads the identifier of a run.
    ///
    /// 0 and negative numbers identify no run: they would make one of all runs.
    package mutating func readOptionalRunIdentifier() throws(JSONError) -> String? {
        guard let id = try takeIdentifier() else {
            return try takeNull() ? nil : skipUnusable(expecting: "a number or a string")
        }
        if let number = Int64(id), number <= 0 { return nil }
        return id.isEmpty ? nil : id
    }

    /// Takes a number or a string as an identifier; takes nothing else.
    ///
    /// 2.0 is the identifier `2`; a number that is not whole, or too large, is its text.
    private mutating func takeIdentifier() throws(JSONError) -> String? {
        let start = position
        if let integer = takePlainInteger() { return String(integer) }
        position = start
        let isNumber = peek() != UInt8(ascii: "\"")
        guard let text = try takeScalar()?.trimmedOfSpaces else { return nil }
        if isNumber, let integer = LenientNumber.whole(text) { return String(integer) }
        return text.utf8.count <= Self.longestIdentifier ? text : Self.shortened(text)
    }

    /// The most bytes of an identifier; a longer one is shortened, so that it fits into a label.
    private static var longestIdentifier: Int { 256 }

    /// Ends in a hash of the whole text, so that two long identifiers with the same beginning stay different.
    private static func shortened(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var start = ""
        for scalar in text.unicodeScalars {
            guard start.utf8.count < longestIdentifier - 24 else { break }
            start.unicodeScalars.append(scalar)
        }
        return "\(start)…\(String(hash, radix: 16))"
    }

    /// Reads an object; `member` is called for each key as in ``readObject(_:)``.
    package mutating func readOptionalObject(
        _ member: (inout JSONReader, JSONKey) throws(JSONError) -> Void
    ) throws(JSONError) {
        if peek() == UInt8(ascii: "{") {
            try readObject(member)
        } else if try !takeNull() {
            let _: Bool? = try skipUnusable(expecting: "an object")
        }
    }

    /// Skips the next value, which cannot be used for the current key, and records it.
    mutating func skipUnusable<Value>(expecting expected: StaticString) throws(JSONError) -> Value? {
        // Nothing is written for the second and further ones, of which there may be many.
        try skipUnusable(because: oddities.firstField == nil ? "expected \(expected), found \(found)" : "")
    }

    private mutating func skipUnusable<Value>(because problem: String) throws(JSONError) -> Value? {
        if oddities.addField() {
            let error = failure(problem).inside(.key(key.text))
            oddities.firstField = row.map { error.inside(.index($0)) } ?? error
        }
        try skipValue()
        return nil
    }

    private mutating func readOptionalNumber<Value>(
        _ expected: StaticString, _ convert: (String) -> Value?
    ) throws(JSONError) -> Value? {
        let start = position
        if try takeNull() { return nil }
        guard let text = try takeScalar()?.trimmedOfSpaces else { return try skipUnusable(expecting: "a number") }
        if text.isEmpty { return nil }
        if let value = convert(text) { return value }
        position = start
        return try skipUnusable(expecting: expected)
    }

    /// Takes a number or a string as its text; takes nothing else.
    private mutating func takeScalar() throws(JSONError) -> String? {
        switch peek() {
        case UInt8(ascii: "\""): return try readString()
        case UInt8(ascii: "-") where isNegativeInfinity: return nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumberText()
        default: return nil
        }
    }
}

/// Numbers in text, as JSON writes them and with a leading plus or zeros.
enum LenientNumber {
    static func whole(_ text: String) -> Int64? {
        // Digits alone are never read as a Double, which would round numbers above 2⁵³.
        Int64(text) ?? finite(text).flatMap { isDigits(text) ? nil : Int64(exactly: $0) }
    }

    /// Excludes the names of infinity and of no number, and hexadecimal digits, which `Double` reads too.
    static func finite(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 || "+-.eE".utf8.contains($0) }
        return isDecimal ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
    }

    private static func isDigits(_ text: String) -> Bool {
        text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.allSatisfy {
            $0 &- UInt8(ascii: "0") < 10
        }
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var trimmedOfSpaces: String {
        func isSpace(_ byte: UInt8?) -> Bool { byte.map { $0 == 0x20 || (0x09...0x0D).contains($0) } ?? false }
        guard isSpace(utf8.first) || isSpace(utf8.last) else { return self }
        var rest = Substring(self).utf8
        while isSpace(rest.first) { rest.removeFirst() }
        while isSpace(rest.last) { rest.removeLast() }
        return String(Substring(rest))
    }
}
