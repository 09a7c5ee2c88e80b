internal import Glibc
internal import OperatingSystem

/// An HTTP server with a few event loop threads.
///
/// It listens from `init` to `stop`. The handler runs on the event loop threads and must not block; longer work belongs
/// in `Reply.later`.
///
/// ```swift
/// let page = Response(text: "up 1\n")
/// let server = try HTTPServer(ServerOptions(host: "127.0.0.1", port: 0)) { request in
///     request.path == "/metrics" ? .respond(status: 200, page) : .status(404)
/// }
/// defer { server.stop() }
/// ```
package final class HTTPServer: Sendable {
    /// The port that the server listens on, even if the options say 0; 0 for an adopted local socket.
    package let port: Int
    /// The host of the options.
    package let host: String

    private enum Phase {
        case running, draining, drained, stopping, stopped
    }

    let core: ServerCore
    private let usesTLS: Bool
    private let listener: Int32
    /// Whether to shut the socket down; not for an adopted socket, on which other processes may listen.
    private let ownsListener: Bool
    private let loops: EventLoops
    private let acceptor: Acceptor
    private let acceptorThread: PlainThread
    // Safety: released by the one thread whose `stop` moves the phase on, after the event loops have ended.
    nonisolated(unsafe) private let loopContext: UnsafeMutableRawPointer
    private let phase = Locked(Phase.running)

    /// Binds and starts listening; returns when connections are accepted.
    ///
    /// - Parameter handler: Called concurrently on several threads, once for each request.
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

    /// The connections so far.
    package var connectionCounts: ConnectionCounts { core.connections.counts }

    /// Secures new connections with another certificate or policy; open ones are unchanged.
    ///
    /// - Throws: An error, and nothing changes, if the settings are not valid or the server was started without TLS.
    package func replace(tls identity: TLSIdentity, policy: TLSPolicy = TLSPolicy()) throws(ServerError) {
        guard usesTLS else {
            throw ServerError(
                .badPolicy, "the server was started without TLS and cannot switch to it while it runs: restart it")
        }
        try core.secure(with: identity, policy)
    }

    /// Checks whether a server could use these settings.
    ///
    /// - Throws: The error that `init` and `replace` would throw.
    package static func check(tls identity: TLSIdentity, policy: TLSPolicy = TLSPolicy()) throws(ServerError) {
        _ = try TLSCredentials(identity, policy) {}
    }

    /// Stops listening and closes idle connections; requests in flight continue.
    ///
    /// Call `stop` afterwards. A caller with several servers drains all of them first, so that they share the grace
    /// period.
    package func drain() {
        guard advance(from: .running, to: .draining) else {
            Self.wait { self.phase.withLock { $0 != .draining } }
            return
        }
        acceptor.stop()
        acceptorThread.join()
        if ownsListener { shutdown(listener, Int32(SHUT_RDWR)) }
        close(listener)
        core.connections.drain()
        phase.withLock { $0 = .drained }
    }

    /// Stops listening, gives requests in flight time to finish, closes the other connections and joins all threads.
    ///
    /// Idle connections are closed at once. Requests still waiting in `.later` after the grace period are answered 503
    /// and their tasks cancelled. Any thread that is not running a handler may call it, more than once; every call
    /// returns when the server has stopped.
    ///
    /// - Parameter grace: the time for requests in flight, in seconds.
    package func stop(grace: Double = 0.5) {
        drain()
        guard advance(from: .drained, to: .stopping) else {
            Self.wait { self.phase.withLock { $0 == .stopped } }
            return
        }
        Self.wait(atMost: grace) { core.activeRequests == 0 }
        core.refuseSuspended()
        Self.wait(atMost: Self.refusalTime) { core.activeRequests == 0 }
        loops.stop()
        ServerCore.release(loopContext)
        phase.withLock { $0 = .stopped }
    }

    /// Changes the phase; false if the current phase is not the expected one.
    private func advance(from current: Phase, to next: Phase) -> Bool {
        phase.withLock { phase in
            guard phase == current else { return false }
            phase = next
            return true
        }
    }

    /// The time to send the 503 replies to suspended requests, in seconds.
    private static let refusalTime = 0.05

    /// Blocks the thread until the condition is true or the time is over; polling is sufficient for a short stop.
    private static func wait(atMost seconds: Double = .infinity, until condition: () -> Bool) {
        let end = MonotonicTime.now + MonotonicTime.milliseconds(seconds)
        while !condition() && MonotonicTime.now < end {
            var interval = timespec(tv_sec: 0, tv_nsec: 2_000_000)
            nanosleep(&interval, nil)
        }
    }
}
