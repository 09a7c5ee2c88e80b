/// The body of a reply while it arrives, never more than its limit.
struct ReplyBuffer {
    /// The most bytes of headers that a reply may bring: many times what http.sys sends.
    static let headerLimit = 256 * 1024

    private(set) var bytes: [UInt8] = []
    private(set) var headerBytes = 0
    /// Whether something was refused since the limit would have been passed.
    private(set) var overflowed = false
    let limit: Int

    init(limit: Int) {
        self.limit = max(0, limit)
    }

    /// Takes a part of the body; `false` where it would pass the limit.
    mutating func append(_ part: UnsafeRawBufferPointer, announced: @autoclosure () -> Int) -> Bool {
        guard part.count <= limit - bytes.count else {
            overflowed = true
            return false
        }
        if bytes.isEmpty {
            // Growing by steps would copy what is there already; an announced length saves that. No more than the
            // limit: the announcement is the server's word alone.
            bytes.reserveCapacity(min(max(announced(), part.count), limit))
        }
        bytes.append(contentsOf: part)
        return true
    }

    /// Counts a header line; `false` where the headers have become too many.
    mutating func countHeader(_ count: Int) -> Bool {
        headerBytes += count
        guard headerBytes <= Self.headerLimit else {
            overflowed = true
            return false
        }
        return true
    }

    /// Hands the body over and is empty again.
    mutating func take() -> [UInt8] {
        let taken = bytes
        self = ReplyBuffer(limit: limit)
        return taken
    }
}
