internal import MicroHTTPServer
internal import OperatingSystem

/// Passes requests from the HTTP server to the core, and waits for pending ones without blocking others.
struct Responder: Sendable {
    /// Real seconds between two attempts to resume a pending request: a test can move the simulated clock at any time.
    private static let pollInterval = 0.025

    let core: Locked<SimulatorCore>
    let isStopping: Locked<Bool>
    let now: @Sendable () -> Double

    func reply(to request: borrowing Request) -> Reply {
        let request = Self.copy(of: request)
        let real = now()
        switch core.withLock({ $0.begin(request, at: real) }) {
        case .reply(let reply): return Self.httpReply(reply)
        case .wait(let pending): return .later { await answer(pending) }
        }
    }

    private func answer(_ pending: PendingRequest) async -> Reply {
        var pending = pending
        while !isStopping.withLock({ $0 }) {
            let real = now()
            switch core.withLock({ $0.resume(pending, at: real) }) {
            case .reply(let reply): return Self.httpReply(reply)
            case .wait(let next): pending = next
            }
            let wait = min(Self.pollInterval, max(0.001, pending.due - real))
            do { try await Task.sleep(for: .seconds(wait)) } catch { break }
        }
        return .disconnect
    }

    private static func copy(of request: borrowing Request) -> SimulatedRequest {
        var query: [String: String] = [:]
        for name in SimulatorCore.parameters { query["\(name)"] = request.query(name) }
        return SimulatedRequest(
            method: request.method, path: request.path, query: query,
            authorization: request.header("Authorization"), contentLength: request.header("Content-Length"),
            contentType: request.header("Content-Type"), body: request.body)
    }

    private static func httpReply(_ reply: SimulatedReply) -> Reply {
        let headers = reply.headers.map { (name: $0.name, value: $0.value) }
        let body = reply.body
        switch reply.delivery {
        case .disconnect:
            return .disconnect
        case .whole:
            return .respond(status: reply.status, Response(body, headers: headers))
        case .truncated:
            let half = Locked<[UInt8]?>(Array(body.prefix(body.count / 2)))
            return .respond(
                status: reply.status,
                Response(streaming: body.count, headers: headers) {
                    half.withLock { rest in
                        defer { rest = nil }
                        return rest.map { .chunk($0) } ?? .abort
                    }
                })
        case .padded(let size):
            return .respond(status: reply.status, padded(body, to: size, headers))
        }
    }

    /// The body padded with spaces before its last byte, so that it stays valid JSON.
    private static func padded(
        _ body: [UInt8],
        to size: Int?,
        _ headers: [(name: String, value: String)]
    ) -> Response {
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)
        let total = size.map { max($0, body.count) }
        let sent = Locked(0)
        return Response(streaming: total, headers: headers) {
            sent.withLock { sent in
                if sent == 0, body.count > 1 {
                    sent = body.count - 1
                    return .chunk(Array(body.dropLast()))
                }
                guard let total else { return .chunk(padding) }
                if sent >= total { return .end }
                let room = total - sent - 1
                let chunk = room > 0 ? Array(padding.prefix(room)) : Array(body.suffix(1))
                sent += chunk.count
                return .chunk(chunk)
            }
        }
    }
}

/// An HTTP reply, and how it is sent.
struct SimulatedReply: Sendable, Equatable {
    /// How the body is sent.
    enum Delivery: Sendable, Equatable {
        case whole
        /// The connection is cut after half of the announced length.
        case truncated
        /// The body is padded to this number of bytes; nil: endless.
        case padded(to: Int?)
        /// The connection is closed without a reply.
        case disconnect
    }

    var status = 200
    var headers: [Header] = []
    var body: [UInt8] = []
    var delivery = Delivery.whole

    /// One header line.
    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

}
