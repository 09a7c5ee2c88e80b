internal import CMicroHTTPD
internal import Glibc
internal import OperatingSystem
internal import Synchronization

/// The state that the callbacks of the event loops share: the handler, the connections and the requests in flight.
///
/// The event loops own one reference, from `retained` before they start to `release` after they have stopped.
final class ServerCore: CallbackContext, Sendable {
    private let handler: @Sendable (borrowing Request) -> Reply
    private let maximumBodySize: Int
    private let connectionMemory: Int
    private let active = Atomic<Int>(0)
    /// The live contexts.
    let contexts = LiveCount()
    private let tooLarge = Reply.status(413)
    private let unavailable = Reply.status(503)
    /// The answer to OPTIONS for the whole server (RFC 9110, 9.3.7).
    private let wholeServer = Reply.respond(
        status: 204, Response([], headers: [(name: "Allow", value: "GET, HEAD, POST, PUT, OPTIONS")]))
    let suspended = SuspendedRequests()
    let connections: ConnectionTable
    /// The credentials of new connections; nil: plain HTTP.
    let credentials = Locked<TLSCredentials?>(nil)

    /// How many bytes beyond the limit are read from a body of unknown length, so that its client gets the 413.
    private static let discardLimit = 1 << 20

    init(
        _ options: ServerOptions, watch: ConnectionWatch, handler: @escaping @Sendable (borrowing Request) -> Reply
    ) {
        maximumBodySize = max(0, options.maximumBodySize)
        connectionMemory = options.connectionMemory
        connections = ConnectionTable(limits: ConnectionLimits(options), watch: watch)
        self.handler = handler
    }

    /// Requests whose head has been read and whose reply has not been sent completely.
    var activeRequests: Int { active.load(ordering: .relaxed) }

    /// Sets the credentials for new connections.
    func secure(with identity: TLSIdentity, _ policy: TLSPolicy) throws(ServerError) {
        guard mhd_shim_has_tls() else {
            throw ServerError(
                .other, "this libmicrohttpd was built without TLS: install one with GnuTLS or serve plain HTTP")
        }
        let connections = connections
        let new = try TLSCredentials(identity, policy) { connections.count { $0.rejectedCertificates += 1 } }
        credentials.withLock { $0 = new }
    }

    func refuseSuspended() {
        suspended.close(with: unavailable)
    }

    /// A part of a request as libmicrohttpd reports it.
    struct Event {
        var connection: OpaquePointer
        var path: UnsafePointer<CChar>
        var method: UnsafePointer<CChar>
        var version: UnsafePointer<CChar>
        var upload: UnsafePointer<CChar>?
        var uploadSize: UnsafeMutablePointer<Int>
        var slot: RequestContext.Slot
    }

    /// Called when the head has been read, for each part of the body, when the body is complete, and after a
    /// suspension.
    func handle(_ event: Event) -> MHD_Result {
        if let target = RequestTarget(slotValue: event.slot.pointee) { return begin(event, target) }
        let context = RequestContext.attached(to: event.slot)
        if event.uploadSize.pointee > 0 {
            return collect(event, in: context)
        }
        if let context {
            if let reply = context.reply {
                context.reply = nil
                return perform(reply, event)
            }
            if let pending = context.pending { return suspend(event, context, until: pending) }
            if context.discarded > 0 { return performOnTime(tooLarge, event) }
        }
        return answer(event, body: context?.body ?? [])
    }

    func complete(_ connection: OpaquePointer, _ slot: RequestContext.Slot) {
        guard RequestContext.detach(from: slot) else { return }
        active.subtract(1, ordering: .relaxed)
        if let record = record(of: connection) { connections.replyEnded(record) }
    }

    private func begin(_ event: Event, _ target: RequestTarget) -> MHD_Result {
        active.add(1, ordering: .relaxed)
        RequestContext.attachNone(to: event.slot)
        if let fault = RequestHead(of: event, target: target).fault {
            return performOnTime(.rejection(fault.status, fault.reason), event)
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

    /// Removes the deadline of the request; false if it has passed.
    private func isOnTime(_ event: Event) -> Bool {
        record(of: event.connection).map(connections.requestArrived) ?? true
    }

    private func record(of connection: OpaquePointer) -> ConnectionRecord? {
        mhd_shim_socket_context(connection).map { ConnectionRecord.at($0) }
    }

    private func performOnTime(_ reply: Reply, _ event: Event) -> MHD_Result {
        isOnTime(event) ? perform(reply, event) : .NO
    }

    private func answer(_ event: Event, body: [UInt8]) -> MHD_Result {
        guard isOnTime(event) else { return .NO }
        if strcmp(event.path, "*") == 0 { return perform(wholeServer, event) }
        let request = Request(
            connection: event.connection, methodName: event.method, decodedPath: event.path, body: body)
        return perform(handler(request), event)
    }

    private func perform(_ reply: Reply, _ event: Event) -> MHD_Result {
        switch reply {
        case .respond(let status, let response):
            if let record = record(of: event.connection), !connections.replyBegins(record, body: response.body) {
                return .NO
            }
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
            // libmicrohttpd calls again at once, and then no longer waits for the client to send. If the connection
            // were suspended now, libmicrohttpd would read when it is resumed, find that a half-closed client has
            // ended, and close the connection without the reply.
            context.pending = closure
            return .YES
        }
    }

    private func suspend(
        _ event: Event, _ context: RequestContext, until reply: @escaping @Sendable () async -> Reply
    ) -> MHD_Result {
        context.pending = nil
        let id = record(of: event.connection)?.id ?? UInt64(UInt(bitPattern: event.connection))
        if suspended.suspend(event.connection, id, context, until: reply) { return .YES }
        return perform(unavailable, event)
    }
}

extension ServerCore {
    static let accessHandler: MHD_AccessHandlerCallback = {
        context, connection, path, method, version, upload, uploadSize, slot in
        guard let context, let connection, let path, let method, let version, let uploadSize, let slot else {
            return .NO
        }
        return ServerCore.at(context).handle(
            Event(
                connection: connection, path: path, method: method, version: version, upload: upload,
                uploadSize: uploadSize, slot: slot))
    }

    /// Called with the request target before it is decoded.
    static let targetReceived:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
            context, target, _ in
            guard let context, let target else { return nil }
            let memory = ServerCore.at(context).connectionMemory
            return RequestTarget(UnsafeMutablePointer(mutating: target), memory: memory).slotValue
        }

    static let requestCompleted: MHD_RequestCompletedCallback = { context, connection, slot, _ in
        guard let context, let connection, let slot else { return }
        ServerCore.at(context).complete(connection, slot)
    }

    /// Called before the first byte of a connection is read and before its socket is closed.
    static let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, slot, change in
        guard let context, let connection, let slot else { return }
        let core = ServerCore.at(context)
        if change == .CONNECTION_NOTIFY_STARTED {
            slot.pointee = core.start(connection)
        } else if let pointer = slot.pointee {
            slot.pointee = nil
            core.connections.ended(mhd_shim_socket(connection))
            ConnectionRecord.release(pointer)
        }
    }

    private func start(_ connection: OpaquePointer) -> UnsafeMutableRawPointer? {
        guard let record = connections.started(mhd_shim_socket(connection)) else { return nil }
        let pointer = record.retained()
        if let session = mhd_shim_tls_session(connection), let credentials = credentials.withLock({ $0 }) {
            record.credentials = credentials
            credentials.apply(to: OpaquePointer(session), pointer)
            TLSGreeting.watch(OpaquePointer(session), record.descriptor, pointer)
        }
        return pointer
    }
}

/// The body announced by the head of a request (RFC 9112, section 6.3).
private enum BodyAnnouncement {
    case none
    case size(Int)
    case unknownSize

    init(of connection: OpaquePointer) {
        if MHD_lookup_connection_value(connection, .HEADER_KIND, "Transfer-Encoding") != nil {
            self = .unknownSize
        } else if let length = MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length") {
            // libmicrohttpd accepts only numbers; one that does not fit is too large for any limit.
            let size = Int(String(cString: length)) ?? Int.max
            self = size > 0 ? .size(size) : .none
        } else {
            self = .none
        }
    }
}
