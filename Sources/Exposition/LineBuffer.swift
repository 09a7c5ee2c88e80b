/// A byte buffer that grows by lines: space for a whole line is reserved once, and the line is written without checks.
///
/// `storage` is longer than its content, whose size is `count`. That avoids the cost of `Array.append` for each of the
/// dozen parts of a line.
struct LineBuffer: Sendable {
    private var storage: [UInt8] = []
    private(set) var count = 0

    /// Appends the bytes that the closure writes, at most `limit`.
    @inline(__always)
    mutating func write(atMost limit: Int, _ body: (inout LineWriter) -> Void) {
        if count + limit > storage.count {
            grow(to: count + limit)
        }
        let start = count
        count = storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var writer = LineWriter(cursor: base + start)
            body(&writer)
            assert(writer.cursor - base <= start + limit, "a line is longer than the room made for it")
            return writer.cursor - base
        }
    }

    mutating func removeAll() {
        count = 0
    }

    /// Truncates the content to this many bytes.
    mutating func truncate(to length: Int) {
        count = min(count, length)
    }

    /// Calls the closure with the bytes written so far.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }

    /// The bytes written, in an array without unused capacity.
    consuming func finish() -> [UInt8] {
        withBytes { [UInt8](exactly: $0) }
    }

    private mutating func grow(to minimum: Int) {
        let size = max(minimum, storage.count * 2, 1024)
        let old = storage
        storage = [UInt8](unsafeUninitializedCapacity: size) { target, length in
            length = target.update(fromContentsOf: old)
            target[length...].update(repeating: 0)
            length = size
        }
    }
}

/// Writes the parts of a line at a cursor, into the space that ``LineBuffer`` reserved.
struct LineWriter {
    var cursor: UnsafeMutablePointer<UInt8>

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        cursor.pointee = byte
        cursor += 1
    }

    @inline(__always)
    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { put($0) }
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        cursor.update(from: base, count: bytes.count)
        cursor += bytes.count
    }

    mutating func put(_ text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ put($0) }) == nil {
            for byte in text.utf8 {
                put(byte)
            }
        }
    }

    /// Writes a label's value or a quoted name: backslash, quote and newline escaped, all other UTF-8 unchanged.
    ///
    /// Needs space for twice the bytes of the text.
    @inline(__always)
    mutating func putEscaped(_ text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ putEscaped($0) }) == nil {
            for byte in text.utf8 {
                putEscaped(byte)
            }
        }
    }

    /// Writes a label's value like ``putEscaped(_:)``, but at most ``longestValue`` Unicode scalars of it; an ellipsis
    /// ends a value that was cut.
    @inline(__always)
    mutating func putValue(_ text: String) {
        if text.utf8.count > Self.longestValue, text.unicodeScalars.dropFirst(Self.longestValue).first != nil {
            putCut(text)
        } else {
            putEscaped(text)
        }
    }

    /// The longest value of a label, in Unicode scalars: 1024 bytes at most, which Prometheus accepts even where a
    /// `label_value_length_limit` is set.
    static var longestValue: Int { 256 }

    @inline(never)
    private mutating func putCut(_ text: String) {
        putEscaped(String(text.unicodeScalars.prefix(Self.longestValue - 1)))
        put("…")
    }

    @inline(__always)
    private mutating func putEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        var offset = 0
        // Eight bytes at a time as long as none of them needs a backslash, which is nearly always.
        while offset + 8 <= text.count {
            let word = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
            if Self.needsEscape(word) {
                for index in offset..<offset + 8 {
                    putEscaped(base[index])
                }
            } else {
                UnsafeMutableRawPointer(cursor).storeBytes(of: word, as: UInt64.self)
                cursor += 8
            }
            offset += 8
        }
        while offset < text.count {
            putEscaped(base[offset])
            offset += 1
        }
    }

    @inline(__always)
    private mutating func putEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""):
            put(UInt8(ascii: "\\"))
            put(byte)
        case UInt8(ascii: "\n"):
            put(UInt8(ascii: "\\"))
            put(UInt8(ascii: "n"))
        default:
            put(byte)
        }
    }

    @inline(__always)
    private static func needsEscape(_ word: UInt64) -> Bool {
        hasZeroByte(word ^ 0x5C5C_5C5C_5C5C_5C5C) || hasZeroByte(word ^ 0x2222_2222_2222_2222)
            || hasZeroByte(word ^ 0x0A0A_0A0A_0A0A_0A0A)
    }

    @inline(__always)
    private static func hasZeroByte(_ word: UInt64) -> Bool {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
    }
}
