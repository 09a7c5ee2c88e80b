internal import CMicroHTTPD
internal import Glibc

/// Owns the bytes of a response while libmicrohttpd may still send them.
///
/// `free`, the free callback, takes back the reference that libmicrohttpd holds.
final class ResponseBody: CallbackContext, Sendable {
    /// How much of a body in several segments is copied at a time to be sent, in bytes.
    static let blockSize = 128 * 1024

    let segments: [[UInt8]]
    /// Where each segment ends in the body.
    private let ends: [Int]
    private let count = LiveCount.current

    init(_ segments: [[UInt8]]) {
        self.segments = segments
        var end = 0
        ends = segments.map { segment in
            end += segment.count
            return end
        }
        count.enter()
    }

    /// The bytes of all segments.
    var size: Int { ends.last ?? 0 }

    deinit {
        count.leave()
    }

    /// The bytes of the first segment, at an address that is valid as long as the body lives.
    var firstSegment: UnsafeRawBufferPointer? {
        // A native array keeps its elements in a heap object, which is neither moved nor written to while the immutable
        // `segments` refers to it, so the address stays valid after the closure.
        segments.first?.withUnsafeBytes { $0 }
    }

    /// Copies the bytes from this position on; returns how many, which are fewer than fit only at the end of the body.
    func read(from position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > position { high = middle } else { low = middle + 1 }
        }
        var copied = 0
        while low < segments.count, copied < buffer.count {
            let rest = segments[low].count - (ends[low] - position - copied)
            let part = segments[low][rest...].prefix(buffer.count - copied)
            UnsafeMutableRawBufferPointer(rebasing: buffer[copied...]).copyBytes(from: part)
            copied += part.count
            low += 1
        }
        return copied
    }

    /// Called by libmicrohttpd, with the response locked, for the bytes at a position.
    static let read: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int = {
        context, position, buffer, size in
        guard let context, let buffer else { return ResponseStream.endWithError }
        return ResponseBody.at(context).read(
            from: Int(clamping: position), into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
    }

    static let free: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        if let context { ResponseBody.release(context) }
    }
}

/// The next step of a streaming response.
package enum StreamStep: Sendable {
    case chunk([UInt8])
    /// The body is complete. If the declared size was not reached, this is an `abort`.
    case end
    /// Closes the connection in the middle of the body.
    case abort
}

/// The source of a streaming body, split into pieces that fit libmicrohttpd's buffer.
///
/// Owned like ``ResponseBody``.
final class ResponseStream: CallbackContext {
    /// The size of libmicrohttpd's buffer, in bytes.
    static let blockSize = 32 * 1024

    private static let endOfStream = -1
    fileprivate static let endWithError = -2

    private let next: @Sendable () -> StreamStep
    private var chunk: ArraySlice<UInt8> = []
    private let count = LiveCount.current

    init(_ next: @escaping @Sendable () -> StreamStep) {
        self.next = next
        count.enter()
    }

    deinit {
        count.leave()
    }

    /// Fills the buffer from the current chunk; returns how many bytes, or one of the two codes.
    ///
    /// After 0 an event loop would immediately call again, in an endless loop, so empty chunks are skipped.
    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while chunk.isEmpty {
            switch next() {
            case .chunk(let bytes): chunk = bytes[...]
            case .end: return Self.endOfStream
            case .abort: return Self.endWithError
            }
        }
        let part = chunk.prefix(buffer.count)
        buffer.copyBytes(from: part)
        chunk = chunk.dropFirst(part.count)
        return part.count
    }

    static let free: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        if let context { ResponseStream.release(context) }
    }

    /// Called by libmicrohttpd with the response locked, so never on two threads at a time.
    static let read: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int = {
        context, _, buffer, size in
        guard let context, let buffer else { return endWithError }
        return ResponseStream.at(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
    }
}

/// Returns freed memory to the system, which the C library keeps for later by default.
package enum FreedMemory {
    /// Bytes from which a freed block is returned at once; pages for many series are larger.
    private static let largeBlock: Int32 = 1 << 20

    /// Returns large blocks as soon as they are freed, and keeps the small ones in few places; to be called once, at the
    /// start of the program.
    ///
    /// Without it the C library raises the size from which it does so with every large block that is freed, up to 32
    /// MiB: pages of metrics would then stay in memory after the last client has read them.
    ///
    /// By default the C library has eight arenas for each core, and what is free in one is not used for another. With the
    /// pages of 1,000 targets that is a third of the memory.
    package static func returnLargeBlocks() {
        mallopt(M_MMAP_THRESHOLD, largeBlock)
        mallopt(M_ARENA_MAX, 2)
    }

    /// Returns what is free now.
    static func trim() {
        malloc_trim(0)
    }
}
