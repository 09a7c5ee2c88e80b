/// The source of a streaming body, cut into what libmicrohttpd has room for.
///
/// Owned like `ResponseBody`: `retained` gives libmicrohttpd its reference, `release` takes it back.
final class ResponseStream {
    /// Bytes of libmicrohttpd's buffer for one read.
    static let blockSize = 32 * 1024

    private static let endOfStream = -1
    private static let endWithError = -2

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

    /// Fills the buffer from the current chunk, or says why it cannot.
    ///
    /// Returning 0 would make an event loop call again at once, for ever; so empty chunks are skipped.
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

    func retained() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(self).toOpaque()
    }

    static let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        guard let context else { return }
        Unmanaged<ResponseStream>.fromOpaque(context).release()
    }

    /// Called by libmicrohttpd with the response locked, so never on two threads at a time.
    static let read: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int = {
        context, _, buffer, size in
        guard let context, let buffer else { return endWithError }
        return Unmanaged<ResponseStream>.fromOpaque(context).takeUnretainedValue()
            .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
    }
}
