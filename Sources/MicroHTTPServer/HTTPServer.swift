internal import Glibc
internal import OperatingSystem

/// An HTTP server on a few event loop threads.
///
/// It listens from `init` to `stop`. The handler runs on the event loop threads and must not block; work that takes
/// longer belongs into `Reply.later`.
///
/// ```swift
/// let page = Response(text: "up 1\n")
/// let server = try HTTPServer(ServerOptions(host: "127.0.0.1", port: 0)) { request in
///     request.path == "/metrics" ? .respond(status: 200, page) : .status(404)
/// }
/// defer { server.stop() }
/// ```
package final class HTTPServer: Sendable {
    /// The port that the server listens on, also if 0 was asked for; 0 for an adopted local socket.
    package let port: Int
    /// The host of the options.
    package let host: String

    private enum Phase {
        case running, draining, drained, stopping, stopped
    }

    let core: ServerCore
    private let usesTLS: Bool
    private let listener: Int32
    /// An adopted socket may be listened on by others, who are not to be disturbed.
    private let ownsListener: Bool
    private let loops: EventLoops
    private let acceptor: Acceptor
    private let acceptorThread: PlainThread
    // Safety: given back by the one caller of `stop` that moves the phase on, once the event loops are gone.
    nonisolated(unsafe) private let loopContext: UnsafeMutableRawPointer
    private let phase = Locked(Phase.running)

    /// Binds and starts listening; returns when connections are accepted.
    ///
    /// - Parameters:
    ///   - options: where to listen and what to allow.
    ///   - handler: called on several threads at a time, once for each request.
    package init(
        _ options: ServerOptions,
        handler: @escaping @Sendable (borrowing Request) -> Reply
    ) throws(ServerError) {
        let core = ServerCore(options, handler: handler)
        if let tls = options.tls { try core.secure(with: tls, options.tlsPolicy) }
        let socket: ListenSocket
        if let descriptor = options.listenDescriptor {
            socket = try ListenSocket(adopting: descriptor)
        } else {
            socket = try ListenSocket(host: options.host, port: options.port)
        }
        ownsListener = options.listenDescriptor == nil
        let context = core.retained()
        do throws(ServerError) {
            let loops = try EventLoops(options, context: context)
            guard let acceptor = Acceptor(listener: socket.descriptor, loops: loops, table: core.connections),
                let thread = PlainThread({ acceptor.run() })
            else {
                loops.stop()
                throw ServerError(errno: EMFILE, host: options.host, port: options.port)
            }
            (self.loops, self.acceptor, acceptorThread) = (loops, acceptor, thread)
        } catch {
            if ownsListener { close(socket.descriptor) }
            ServerCore.release(context)
            throw error
        }
        self.core = core
        usesTLS = options.tls != nil
        loopContext = context
        listener = socket.descriptor
        port = socket.port
        host = options.host
    }

    deinit {
        stop(grace: 0)
    }

    /// What was seen of connections up to now.
    package var connectionCounts: ConnectionCounts { core.connections.counts }

    /// Secures connections made from now on with another certificate or policy; open ones go on as they are.
    ///
    /// - Throws: where the new settings cannot be used, or the server was started without TLS, and then nothing changes.
    package func replace(tls identity: TLSIdentity, policy: TLSPolicy = TLSPolicy()) throws(ServerError) {
        guard usesTLS else {
            throw ServerError(
                .badPolicy, "the server was started without TLS and cannot change to it while it runs: restart it")
        }
        try core.secure(with: identity, policy)
    }

    /// Looks whether a server could use these settings; nothing is changed.
    ///
    /// - Throws: what `init` and `replace` would.
    package static func check(tls identity: TLSIdentity, policy: TLSPolicy = TLSPolicy()) throws(ServerError) {
        _ = try TLSCredentials(identity, policy) {}
    }

    /// Stops listening and closes connections kept for a next request; what was begun goes on.
    ///
    /// To be followed by `stop`. Where there are several servers, all are drained first, and then the time that requests
    /// may still take is theirs together.
    package func drain() {
        guard advance(from: .running, to: .draining) else {
            Pause.until { self.phase.withLock { $0 != .draining } }
            return
        }
        acceptor.stop()
        acceptorThread.join()
        if ownsListener { shutdown(listener, Int32(SHUT_RDWR)) }
        close(listener)
        core.connections.drain()
        phase.withLock { $0 = .drained }
    }

    /// Stops listening, lets what was begun finish, cuts the rest and joins all threads.
    ///
    /// Connections kept for a next request are closed at once. Requests that wait in `.later` when the time is over are
    /// answered 503 and their tasks cancelled. Any thread but one that runs a handler may call it, more than once; every
    /// call returns when the server has stopped.
    /// - Parameter grace: seconds that requests under way may still take.
    package func stop(grace: Double = 0.5) {
        drain()
        guard advance(from: .drained, to: .stopping) else {
            Pause.until { self.phase.withLock { $0 == .stopped } }
            return
        }
        Pause.until(atMost: grace) { core.activeRequests == 0 }
        core.refuseSuspended()
        Pause.until(atMost: Self.farewell) { core.activeRequests == 0 }
        loops.stop()
        ServerCore.release(loopContext)
        phase.withLock { $0 = .stopped }
    }

    /// Moves the phase on; false if it is another one than was thought.
    private func advance(from current: Phase, to next: Phase) -> Bool {
        phase.withLock { phase in
            guard phase == current else { return false }
            phase = next
            return true
        }
    }

    /// Seconds in which the 503 replies to suspended requests may be sent.
    private static let farewell = 0.05
}
