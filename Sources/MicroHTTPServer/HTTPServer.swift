internal import CMicroHTTPD
internal import Glibc
internal import NIOConcurrencyHelpers

/// An HTTP server on a pool of event loop threads.
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
public final class HTTPServer: Sendable {
    /// The port that the server listens on, also if 0 was asked for.
    public let port: Int
    /// The host of the options.
    public let host: String

    private enum Phase {
        case running, stopping, stopped
    }

    let core: ServerCore
    private let listenDescriptor: Int32
    // Safety: libmicrohttpd's functions on a daemon may be called from any thread; only the one caller of `stop` that
    // moves the phase on from `running` uses it, and it is not used after MHD_stop_daemon.
    nonisolated(unsafe) private let daemon: OpaquePointer
    // Safety: given back by the same caller of `stop`, once the daemon's threads are gone.
    nonisolated(unsafe) private let daemonContext: UnsafeMutableRawPointer
    private let phase = NIOLockedValueBox(Phase.running)

    /// Binds and starts listening; returns when connections are accepted.
    ///
    /// - Parameters:
    ///   - options: where to listen and what to allow.
    ///   - handler: called on several threads at a time, once for each request.
    public init(
        _ options: ServerOptions,
        handler: @escaping @Sendable (borrowing Request) -> Reply
    ) throws(ServerError) {
        let socket = try ListenSocket(host: options.host, port: options.port)
        let core = ServerCore(maximumBodySize: options.maximumBodySize, handler: handler)
        let context = core.retained()
        do {
            daemon = try Daemon.start(on: socket, options, context: context)
        } catch {
            ServerCore.release(context)
            throw error
        }
        self.core = core
        daemonContext = context
        listenDescriptor = socket.descriptor
        port = socket.port
        host = options.host
    }

    deinit {
        stop(grace: 0)
    }

    /// Stops listening, lets what was begun finish, cuts the rest and joins all threads.
    ///
    /// Requests that wait in `.later` when the time is over are answered 503 and their tasks cancelled. Any thread but
    /// one that runs a handler may call it, more than once; every call returns when the server has stopped.
    /// - Parameter grace: seconds that requests under way may still take.
    public func stop(grace: Double = 0.5) {
        let isFirst = phase.withLockedValue { phase in
            guard case .running = phase else { return false }
            phase = .stopping
            return true
        }
        guard isFirst else {
            Pause.until { self.phase.withLockedValue { $0 == .stopped } }
            return
        }
        MHD_quiesce_daemon(daemon)
        // The event loops may still look at the socket, so that it is closed only when they are gone; shut down, it
        // refuses connections from now on.
        shutdown(listenDescriptor, Int32(SHUT_RDWR))
        Pause.until(atMost: grace) { core.activeRequests == 0 }
        core.refuseSuspended()
        Pause.until(atMost: Self.farewell) { core.activeRequests == 0 }
        MHD_stop_daemon(daemon)
        close(listenDescriptor)
        ServerCore.release(daemonContext)
        phase.withLockedValue { $0 = .stopped }
    }

    /// Seconds in which the 503 replies to suspended requests may be sent.
    private static let farewell = 0.05
}
