/// A pull parser over the bytes of one JSON document (RFC 8259).
///
/// It builds no tree: a typed result reads the document once and takes the fields it needs. For skipped values only the
/// structure is checked. Nesting is limited, so that hostile input cannot exhaust the stack.
package struct JSONReader: ~Copyable {
    /// The deepest nesting of arrays and objects that is read.
    static let maximumDepth = 128

    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte to read.
    var position = 0
    var depth = 0
    /// Whether `NaN` and `Infinity` count as values, as common writers of JSON write them against RFC 8259.
    var acceptsNaN = false
    /// The most rows that a list may have.
    var maximumRows = Int.max
    /// The row and the key that are being read, for the place of an unusable field.
    private(set) var row: Int?
    private(set) var key = JSONKey(bytes: UnsafeBufferPointer(start: nil, count: 0))
    /// What could not be used so far.
    var oddities = ReplyOddities()

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Reads `bytes`, or the part of it in `range`, with `body`, and throws if any bytes are left over.
    package static func read<Value>(
        _ bytes: [UInt8], in range: Range<Int>? = nil, by body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let outcome: Result<Value, JSONError> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(bytes: range.map { UnsafeBufferPointer(rebasing: buffer[$0]) } ?? buffer)
            do throws(JSONError) {
                reader.skipByteOrderMark()
                let value = try body(&reader)
                try reader.expectEnd()
                return .success(value)
            } catch {
                return .failure(error.moved(by: range?.lowerBound ?? 0))
            }
        }
        return try outcome.get()
    }

    /// Reads an object: `member` is called for each key and must read or skip the value.
    package mutating func readObject(
        _ member: (inout JSONReader, JSONKey) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "{"), "an object")
        skipWhitespace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return
        }
        repeat {
            skipWhitespace()
            let raw = try readRawString(expecting: "a key")
            let isDecoded = raw.hasEscapes && raw.bytes.count <= JSONKey.longestEscaped
            let key = JSONKey(bytes: raw.bytes, decoded: isDecoded ? try? unescape(raw.bytes) : nil)
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected a colon, found \(found)") }
            skipWhitespace()
            self.key = key
            do {
                try member(&self, key)
            } catch {
                throw error.inside(.key(key.text))
            }
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("expected a comma or a closing brace, found \(found)") }
        depth -= 1
    }

    /// Reads an array: `element` is called with each index and must read or skip the value.
    package mutating func readArray(
        _ element: (inout JSONReader, Int) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "["), "an array")
        skipWhitespace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return
        }
        var index = 0
        repeat {
            skipWhitespace()
            // A long list is not read to its end if the collection was cancelled.
            if index & 1023 == 1023, Task.isCancelled { throw failure("the reading was cancelled") }
            do {
                try element(&self, index)
            } catch {
                throw error.inside(.index(index))
            }
            index += 1
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("expected a comma or a closing bracket, found \(found)") }
        depth -= 1
    }

    /// Reads a list of rows: `element` is called for each of them.
    ///
    /// A row that cannot be used is left out and recorded, so that the others count. An object around the array is
    /// accepted if the array is the only one in it.
    ///
    /// - Parameter cutsAtLimit: Whether rows beyond ``maximumRows`` are left out; otherwise they are an error.
    /// - Returns: The number of rows, including those that were left out.
    @discardableResult
    mutating func readRows(
        cutsAtLimit: Bool = false, _ element: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) -> Int {
        guard peek() != UInt8(ascii: "{") else { return try readWrappedRows(cutsAtLimit, element) }
        let outerRow = row
        var count = 0
        try readArray { (reader, index) throws(JSONError) in
            count += 1
            guard index < reader.maximumRows else {
                guard cutsAtLimit else { throw .tooManyRows(reader.maximumRows, offset: reader.position) }
                try reader.skipValue()
                reader.oddities.addCutRow(.tooManyRows(reader.maximumRows, offset: reader.position))
                return
            }
            reader.row = index
            let (start, depth) = (reader.position, reader.depth)
            do throws(JSONError) {
                try element(&reader)
            } catch {
                // If the value can be skipped, the document is well formed and only this row is odd.
                (reader.position, reader.depth) = (start, depth)
                try reader.skipValue()
                reader.oddities.addRow(error.inside(.index(index)))
            }
        }
        row = outerRow
        return count
    }

    private mutating func readWrappedRows(
        _ cutsAtLimit: Bool, _ element: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) -> Int {
        let noArray = failure("expected an array, found \(found)")
        var members = 0
        var count: Int?
        try readObject { (reader, _) throws(JSONError) in
            members += 1
            guard reader.peek() == UInt8(ascii: "[") else {
                try reader.skipValue()
                return
            }
            guard count == nil else { throw noArray }
            count = try reader.readRows(cutsAtLimit: cutsAtLimit, element)
        }
        // An empty array among other fields may be anything, not the list that was asked for.
        guard let count, count > 0 || members == 1 else { throw noArray }
        return count
    }

    /// Takes a `null` if it is next; otherwise takes nothing.
    package mutating func takeNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try expectLiteral("null")
        return true
    }
}

// MARK: - Scanning

extension JSONReader {
    /// The next byte; at the end of the document 0, which begins no value.
    func peek() -> UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func expectLiteral(_ literal: StaticString) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard take(literal.utf8Start[index]) else {
                throw failure("expected \(literal), found \(found)")
            }
        }
    }

    private mutating func open(_ bracket: UInt8, _ name: StaticString) throws(JSONError) {
        guard take(bracket) else { throw failure("expected \(name), found \(found)") }
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw failure("nested deeper than \(Self.maximumDepth) levels")
        }
    }

    private mutating func skipByteOrderMark() {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            position = 3
        }
        skipWhitespace()
    }

    private mutating func expectEnd() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw failure("expected the end of the document, found \(found)") }
    }

    /// An error at the current position.
    package func failure(_ problem: String) -> JSONError {
        JSONError(problem, offset: position)
    }

    /// A description of the text at the current position.
    var found: String {
        guard position < bytes.count else { return "the end of the document" }
        switch bytes[position] {
        case UInt8(ascii: "\""): return "a string"
        case UInt8(ascii: "{"): return "an object"
        case UInt8(ascii: "["): return "an array"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return "a boolean"
        case UInt8(ascii: "n"): return "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
        case let byte where (0x21...0x7E).contains(byte): return "“\(Character(UnicodeScalar(byte)))”"
        case let byte: return "byte \(byte)"
        }
    }
}

/// The key of a member while its object is read: the bytes between the quotes, not yet a String.
///
/// Compared with literals in a `switch` without allocating.
package struct JSONKey {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The key without its escapes; `nil` if it has none, or none that can be decoded.
    var decoded: String?

    /// The most bytes of a key with escapes that is decoded: more than any field of the API has, all of it escaped.
    static let longestEscaped = 512

    /// Ignores the case of letters, which may differ between servers (`docs/api.md`, "Replies").
    package static func ~= (pattern: StaticString, key: JSONKey) -> Bool {
        guard var decoded = key.decoded else { return matches(pattern, key.bytes) }
        return decoded.withUTF8 { matches(pattern, $0) }
    }

    private static func matches(_ pattern: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard pattern.utf8CodeUnitCount == bytes.count else { return false }
        for index in 0..<bytes.count {
            let (byte, expected) = (bytes[index], pattern.utf8Start[index])
            let isSameLetter = byte ^ expected == 0x20 && (0x61...0x7A).contains(byte | 0x20)
            guard byte == expected || isSameLetter else { return false }
        }
        return true
    }

    /// The key as text, with escapes unchanged and cut after 64 bytes, for messages only.
    package var text: String {
        String(decoding: bytes.prefix(64), as: UTF8.self) + (bytes.count > 64 ? "…" : "")
    }
}
