/// Optional fields: `null` is read as `nil`, any other value of the wrong type is an error with its place.
extension JSONReader {
    package mutating func readOptionalString() throws(JSONError) -> String? {
        try takeNull() ? nil : try readString()
    }

    package mutating func readOptionalInt() throws(JSONError) -> Int64? {
        try takeNull() ? nil : try readInt()
    }

    package mutating func readOptionalDouble() throws(JSONError) -> Double? {
        try takeNull() ? nil : try readDouble()
    }

    package mutating func readOptionalBool() throws(JSONError) -> Bool? {
        try takeNull() ? nil : try readBool()
    }

    package mutating func readOptionalIdentifier() throws(JSONError) -> String? {
        try takeNull() ? nil : try readIdentifier()
    }

    /// Reads a field of which only guesses are known: a scalar as text, `nil` for `null` and for anything with structure.
    package mutating func readLenientScalar() throws(JSONError) -> String? {
        switch peek() {
        case UInt8(ascii: "\""): return try readString()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return try readBool() ? "true" : "false"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try readNumberText()
        default:
            try skipValue()
            return nil
        }
    }

    /// Steps over one value of any type and returns where it stands in the document.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        let start = position
        switch peek() {
        case UInt8(ascii: "\""): _ = try readRawString(expecting: "a string")
        case UInt8(ascii: "{"): try readObject { (reader, _) throws(JSONError) in try reader.skipValue() }
        case UInt8(ascii: "["): try readArray { (reader, _) throws(JSONError) in try reader.skipValue() }
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
        case UInt8(ascii: "n"): try expectLiteral("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw failure("expected a value, found \(found)")
        }
        return start..<position
    }
}
