internal import CMicroHTTPD
internal import OperatingSystem
internal import Synchronization

/// What the callbacks of the event loops share: the handler, the connections and the requests under way.
final class ServerCore: Sendable {
    private let handler: @Sendable (borrowing Request) -> Reply
    private let maximumBodySize: Int
    private let active = Atomic<Int>(0)
    /// The contexts that are alive.
    let contexts = LiveCount()
    private let tooLarge = Reply.status(413)
    private let unavailable = Reply.status(503)
    private let refusal = Reply.respond(
        status: 503,
        Response(
            Array("503 Service Unavailable: too many connections\n".utf8),
            headers: [
                (name: "Content-Type", value: "text/plain; charset=utf-8"), (name: "Retry-After", value: "5"),
                (name: "Connection", value: "close"),
            ]))
    private let suspended = SuspendedRequests()
    let connections: ConnectionTable
    /// What new connections are secured with; nil: nothing.
    let credentials = Locked<TLSCredentials?>(nil)

    /// Bytes beyond the limit that a body of unknown length may have and still be told so before it is cut off.
    private static let discardLimit = 1 << 20

    init(_ options: ServerOptions, handler: @escaping @Sendable (borrowing Request) -> Reply) {
        maximumBodySize = max(0, options.maximumBodySize)
        connections = ConnectionTable(limits: ConnectionLimits(options))
        self.handler = handler
    }

    /// Requests whose head was read and whose reply was not yet sent to the end.
    var activeRequests: Int { active.load(ordering: .relaxed) }

    func refuseSuspended() {
        suspended.close(with: unavailable)
    }

    /// A piece of a request as libmicrohttpd reports it.
    struct Event {
        var connection: OpaquePointer
        var path: UnsafePointer<CChar>
        var method: UnsafePointer<CChar>
        var upload: UnsafePointer<CChar>?
        var uploadSize: UnsafeMutablePointer<Int>
        var slot: RequestContext.Slot
    }

    /// Called once when the head was read, for each piece of the body, when it is complete, and after a suspension.
    func handle(_ event: Event) -> MHD_Result {
        guard event.slot.pointee != nil else { return begin(event) }
        let context = RequestContext.attached(to: event.slot)
        if event.uploadSize.pointee > 0 {
            return collect(event, in: context)
        }
        if let context {
            if let reply = context.reply {
                context.reply = nil
                return perform(reply, event)
            }
            if context.discarded > 0 { return performOnTime(tooLarge, event) }
        }
        return answer(event, body: context?.body ?? [])
    }

    func complete(_ connection: OpaquePointer, _ slot: RequestContext.Slot) {
        guard RequestContext.detach(from: slot) else { return }
        active.subtract(1, ordering: .relaxed)
        if let record = ConnectionRecord.at(mhd_shim_socket_context(connection)) { connections.replyEnded(record) }
    }

    private func begin(_ event: Event) -> MHD_Result {
        active.add(1, ordering: .relaxed)
        RequestContext.attachNone(to: event.slot)
        if ConnectionRecord.at(mhd_shim_socket_context(event.connection))?.isRefused == true {
            connections.count { $0.refused += 1 }
            return performOnTime(refusal, event)
        }
        switch BodyAnnouncement(of: event.connection) {
        case .none: return isOnTime(event) ? .YES : .NO
        case .size(let size) where size > maximumBodySize: return performOnTime(tooLarge, event)
        case .unknownSize where maximumBodySize == 0: return performOnTime(tooLarge, event)
        case .size(let size):
            let context = RequestContext(countedBy: contexts)
            context.body.reserveCapacity(min(size, 1 << 16))
            context.attach(to: event.slot)
            return .YES
        case .unknownSize:
            RequestContext(countedBy: contexts).attach(to: event.slot)
            return .YES
        }
    }

    private func collect(_ event: Event, in context: RequestContext?) -> MHD_Result {
        let size = event.uploadSize.pointee
        guard let context, let upload = event.upload else { return .NO }
        if context.discarded == 0 && context.body.count + size <= maximumBodySize {
            context.body.append(contentsOf: UnsafeRawBufferPointer(start: upload, count: size))
        } else {
            context.discarded += size
            guard context.discarded <= Self.discardLimit else { return .NO }
        }
        event.uploadSize.pointee = 0
        return .YES
    }

    /// Ends the time that the request may take; false if that was over.
    private func isOnTime(_ event: Event) -> Bool {
        ConnectionRecord.at(mhd_shim_socket_context(event.connection))?.requestArrived() ?? true
    }

    private func performOnTime(_ reply: Reply, _ event: Event) -> MHD_Result {
        isOnTime(event) ? perform(reply, event) : .NO
    }

    private func answer(_ event: Event, body: [UInt8]) -> MHD_Result {
        guard isOnTime(event) else { return .NO }
        let request = Request(
            connection: event.connection, methodName: event.method, decodedPath: event.path, body: body)
        return perform(handler(request), event)
    }

    private func perform(_ reply: Reply, _ event: Event) -> MHD_Result {
        switch reply {
        case .respond(let status, let response):
            return MHD_queue_response(event.connection, UInt32(clamping: status), response.handle)
        case .disconnect:
            return .NO
        case .later(let closure):
            let context: RequestContext
            if let attached = RequestContext.attached(to: event.slot) {
                context = attached
            } else {
                context = RequestContext(countedBy: contexts)
                context.attach(to: event.slot)
            }
            context.body = []
            if suspended.suspend(event.connection, context, until: closure) { return .YES }
            return perform(unavailable, event)
        }
    }
}
