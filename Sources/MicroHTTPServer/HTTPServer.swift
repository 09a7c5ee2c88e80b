internal import Glibc
internal import OperatingSystem

/// An HTTP server with one or more listen addresses and a few event loop threads.
///
/// It listens from `init` to `stop`. The handler runs on the event loop threads and must not block; longer work belongs
/// in `Reply.later`.
///
/// ```swift
/// let page = Response(text: "up 1\n")
/// let here = ServerEndpoint(host: "127.0.0.1", port: 0)
/// let server = try HTTPServer(ServerOptions(endpoints: [here])) { request in
///     request.path == "/metrics" ? .respond(status: 200, page) : .status(404)
/// }
/// defer { server.stop() }
/// ```
package final class HTTPServer: Sendable {
    /// The addresses on which the server listens, with the ports that the system has chosen.
    package let endpoints: [ServerEndpoint]
    /// The port of the first address.
    package var port: Int { endpoints[0].port }
    /// The host of the first address.
    package var host: String { endpoints[0].host }

    private enum Phase {
        case running, draining, drained, stopping, stopped
    }

    let core: ServerCore
    private let usesTLS: Bool
    private let listeners: Listeners
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
        guard let watch = ConnectionWatch() else { throw ServerError(errno: EMFILE, options.endpoints[0]) }
        let core = ServerCore(options, watch: watch, handler: handler)
        if let tls = options.tls { try core.secure(with: tls, options.tlsPolicy) }
        let listeners = try Listeners(options.endpoints)
        let context = core.retained()
        do throws(ServerError) {
            let loops = try EventLoops(options, context: context)
            let acceptor = Acceptor(
                listeners: listeners.sockets.map(\.descriptor), loops: loops, table: core.connections,
                suspended: core.suspended)
            guard let thread = PlainThread({ acceptor.run() }) else {
                loops.stop()
                throw ServerError(errno: EMFILE, options.endpoints[0])
            }
            (self.loops, self.acceptor, acceptorThread) = (loops, acceptor, thread)
        } catch {
            listeners.close(adopted: false)
            ServerCore.release(context)
            throw error
        }
        self.core = core
        self.listeners = listeners
        usesTLS = options.tls != nil
        loopContext = context
        endpoints = zip(options.endpoints, listeners.sockets).map { endpoint, socket in
            ServerEndpoint(host: endpoint.host, port: socket.port, descriptor: endpoint.descriptor)
        }
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
    /// Call `stop` afterwards.
    package func drain() {
        guard advance(from: .running, to: .draining) else {
            Self.wait { self.phase.withLock { $0 != .draining } }
            return
        }
        acceptor.stop()
        acceptorThread.join()
        listeners.close(adopted: true)
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
