/// A byte buffer that grows by lines: room for a whole line is made once, and the line is then written without checks.
///
/// `storage` is longer than what is written; `count` says how much of it is. That saves the price that
/// `Array.append` asks for each of the dozen parts of a line.
struct LineBuffer: Sendable {
    private var storage: [UInt8] = []
    private(set) var count = 0

    /// Appends what the closure writes, which must not be more than `limit` bytes.
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

    /// Forgets what was written behind that many bytes.
    mutating func truncate(to length: Int) {
        count = min(count, length)
    }

    /// Calls the closure with the bytes written so far.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }

    /// The bytes written, in an array without room to spare.
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
