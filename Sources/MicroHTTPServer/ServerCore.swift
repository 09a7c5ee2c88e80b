internal import CMicroHTTPD
internal import Synchronization

/// What the callbacks of a daemon share: the handler and the requests under way.
final class ServerCore: Sendable {
    private let handler: @Sendable (borrowing Request) -> Reply
    private let maximumBodySize: Int
    private let active = Atomic<Int>(0)
    /// The contexts that are alive.
    let contexts = LiveCount()
    private let tooLarge = Reply.status(413)
    private let unavailable = Reply.status(503)
    private let suspended = SuspendedRequests()

    /// Bytes beyond the limit that a body of unknown length may have and still be told so before it is cut off.
    private static let discardLimit = 1 << 20

    init(maximumBodySize: Int, handler: @escaping @Sendable (borrowing Request) -> Reply) {
        self.maximumBodySize = max(0, maximumBodySize)
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
            if context.discarded > 0 { return perform(tooLarge, event) }
        }
        return answer(event, body: context?.body ?? [])
    }

    func complete(_ slot: RequestContext.Slot) {
        if RequestContext.detach(from: slot) { active.subtract(1, ordering: .relaxed) }
    }

    private func begin(_ event: Event) -> MHD_Result {
        active.add(1, ordering: .relaxed)
        RequestContext.attachNone(to: event.slot)
        switch BodyAnnouncement(of: event.connection) {
        case .none: return .YES
        case .size(let size) where size > maximumBodySize: return perform(tooLarge, event)
        case .unknownSize where maximumBodySize == 0: return perform(tooLarge, event)
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

    private func answer(_ event: Event, body: [UInt8]) -> MHD_Result {
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
