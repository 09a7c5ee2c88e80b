internal import CMicroHTTPD
internal import Synchronization

/// An immutable response that any number of connections may share.
///
/// It is freed when the last reference is dropped and the last connection has sent it. Invalid headers (with a line
/// break, or `Content-Length`, which is derived from the body) are left out. `Date` is added if the headers have none.
package final class Response: Sendable {
    // Safety: libmicrohttpd counts references to the response under a lock of its own, so any thread may queue it; it
    // is changed only in `init`, before another thread can reach it, and destroyed in `deinit`, which runs once.
    nonisolated(unsafe) let handle: OpaquePointer
    private let count = LiveCount.current
    /// nil for a streaming response.
    let body: ResponseBody?
    private let headers: [(name: String, value: String)]

    /// Segments with fewer bytes than this in total are joined: a copy is then cheaper than several writes.
    static let joinBelow = 1 << 20

    private init(handle: OpaquePointer?, body: ResponseBody?, headers: [(name: String, value: String)]) {
        guard let handle else { fatalError("out of memory while making a response") }
        self.handle = handle
        self.body = body
        self.headers = headers
        count.enter()
        for header in headers {
            MHD_add_response_header(handle, header.name, header.value)
        }
    }

    deinit {
        MHD_destroy_response(handle)
        count.leave()
    }

    package convenience init(_ body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.init(ResponseBody([body]), headers: headers)
    }

    private convenience init(_ body: ResponseBody, headers: [(name: String, value: String)]) {
        self.init(handle: Self.makeHandle(body), body: body, headers: headers)
    }

    /// The same body, not copied, with these headers instead of those with the same names.
    ///
    /// A streaming response is returned unchanged.
    package func setting(_ new: [(name: String, value: String)]) -> Response {
        guard let body, !new.isEmpty else { return self }
        let names = Set(new.map { $0.name.lowercased() })
        return Response(body, headers: headers.filter { !names.contains($0.name.lowercased()) } + new)
    }

    /// A body in several parts, sent one after the other; from 1 MiB up without joining them in memory.
    package convenience init(segments: [[UInt8]], headers: [(name: String, value: String)] = []) {
        let size = segments.reduce(0) { $0 + $1.count }
        if segments.count > 1 && size < Self.joinBelow {
            var joined: [UInt8] = []
            joined.reserveCapacity(size)
            for segment in segments { joined += segment }
            self.init(joined, headers: headers)
        } else {
            self.init(ResponseBody(segments), headers: headers)
        }
    }

    package convenience init(text: String, contentType: String = "text/plain; charset=utf-8") {
        self.init(Array(text.utf8), headers: [(name: "Content-Type", value: contentType)])
    }

    /// A body that is produced while it is sent, for one connection only.
    ///
    /// - Parameters:
    ///   - declaredSize: bytes, sent as `Content-Length`; bytes beyond it are dropped. nil sends chunks (RFC 9112,
    ///     7.1).
    ///   - next: called on an event loop thread, never twice at a time; it must not block the thread.
    package convenience init(
        streaming declaredSize: Int?,
        headers: [(name: String, value: String)] = [],
        next: @escaping @Sendable () -> StreamStep
    ) {
        let handle = MHD_create_response_from_callback(
            declaredSize.map { UInt64(clamping: $0) } ?? UInt64.max,
            ResponseStream.blockSize,
            ResponseStream.read,
            ResponseStream(next).retained(),
            ResponseStream.free)
        self.init(handle: handle, body: nil, headers: headers)
    }

    private static func makeHandle(_ body: ResponseBody) -> OpaquePointer? {
        if body.segments.count > 1 {
            // Not from an iovec: libmicrohttpd copies that to the memory of each connection, and where it does not fit,
            // it unlocks a mutex that is not locked, and later ends the program.
            return MHD_create_response_from_callback(
                UInt64(body.size), ResponseBody.blockSize, ResponseBody.read, body.retained(), ResponseBody.free)
        }
        // Not written to: the parameter is mutable only because libmicrohttpd can also own and free a buffer.
        let buffer = UnsafeMutableRawPointer(mutating: body.firstSegment?.baseAddress)
        return MHD_create_response_from_buffer_with_free_callback_cls(
            body.size, buffer, ResponseBody.free, body.retained())
    }
}

/// The reply of a handler to a request.
package enum Reply: Sendable {
    /// Sends the response with a status from 200 to 999.
    case respond(status: Int, Response)
    /// Suspends the connection and runs the closure in a task, which finds the reply.
    ///
    /// The task is cancelled when the client disconnects or the server stops.
    case later(@Sendable () async -> Reply)
    /// Closes the connection without a byte of reply.
    case disconnect

    /// A reply whose body is the status as text: `404 Not Found`.
    package static func status(_ code: Int) -> Reply {
        let phrase = MHD_get_reason_phrase_for(UInt32(clamping: code)).map { " " + String(cString: $0) } ?? ""
        return .respond(status: code, Response(text: "\(code)\(phrase)\n"))
    }

    /// The reply to a request that cannot be understood, after which the connection is closed.
    static func rejection(_ code: Int, _ reason: String) -> Reply {
        let phrase = MHD_get_reason_phrase_for(UInt32(clamping: code)).map { " " + String(cString: $0) } ?? ""
        return .respond(
            status: code,
            Response(
                Array("\(code)\(phrase): \(reason)\n".utf8),
                headers: [
                    (name: "Content-Type", value: "text/plain; charset=utf-8"), (name: "Connection", value: "close"),
                ]))
    }
}

/// The number of live objects, so that a test can check that none leaks.
///
/// Objects created while `LiveCount.$current` is bound to a test's own count are counted there, separately from those
/// of other tests.
final class LiveCount: Sendable {
    @TaskLocal static var current = LiveCount()

    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func enter() { count.add(1, ordering: .relaxed) }
    func leave() { count.subtract(1, ordering: .releasing) }
}
