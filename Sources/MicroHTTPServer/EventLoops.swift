internal import CMicroHTTPD
internal import Glibc
import OperatingSystem
internal import Synchronization

/// The libmicrohttpd event loops that serve the connections, each a daemon with one thread.
final class EventLoops: Sendable {
    // Safety: libmicrohttpd allows any thread to call its functions on a daemon; none is called after `stop`.
    nonisolated(unsafe) private let daemons: [OpaquePointer]
    private let turn = Atomic<Int>(0)

    init(_ options: ServerOptions, context: UnsafeMutableRawPointer) throws(ServerError) {
        let count = max(1, options.threads)
        var start = mhd_shim_start()
        // The connection table enforces the limit; this one lets a single loop serve all connections.
        let limit = max(1, options.connectionLimit)
        start.connection_limit = UInt32(clamping: limit + ConnectionLimits.mostClosing + Self.slack)
        start.idle_timeout = UInt32(clamping: options.idleTimeout)
        start.connection_memory = options.connectionMemory
        start.handler = ServerCore.accessHandler
        start.completed = ServerCore.requestCompleted
        start.connection_changed = ServerCore.connectionChanged
        start.target = ServerCore.targetReceived
        start.context = context
        var daemons: [OpaquePointer] = []
        for _ in 0..<count {
            errno = 0
            let daemon = SignalMask.blocking { Self.launch(&start, options.tls) }
            let code = errno
            guard let daemon else {
                for daemon in daemons { MHD_stop_daemon(daemon) }
                throw Self.failure(code, options)
            }
            daemons.append(daemon)
        }
        self.daemons = daemons
    }

    /// Connections that have ended but that libmicrohttpd has not yet cleaned up.
    private static let slack = 256

    /// Passes a socket to the next loop, which will close it; false if it is already closed.
    func add(_ descriptor: Int32, _ address: sockaddr_storage, _ size: socklen_t) -> Bool {
        let index = turn.add(1, ordering: .relaxed).oldValue % daemons.count
        var address = address
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                MHD_add_connection(daemons[index], descriptor, $0, size) == .YES
            }
        }
    }

    /// Closes all connections and joins the threads; may be called only once.
    func stop() {
        for daemon in daemons { MHD_stop_daemon(daemon) }
    }

    private static func launch(_ start: inout mhd_shim_start, _ tls: TLSIdentity?) -> OpaquePointer? {
        guard let tls else { return mhd_shim_start(&start) }
        return tls.certificatePEM.withCString { certificate in
            tls.privateKeyPEM.withCString { key in
                start.certificate = certificate
                start.private_key = key
                return mhd_shim_start(&start)
            }
        }
    }

    private static func failure(_ code: Int32, _ options: ServerOptions) -> ServerError {
        if [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(code) {
            return ServerError(errno: code, options.endpoints[0])
        }
        return ServerError(.other, "the HTTP server did not start: \(ServerError.text(of: code)); try fewer threads")
    }
}

/// An object to which C code holds a pointer that it passes to callbacks.
///
/// `retained` gives one reference to the C code, and `release` takes it back.
protocol CallbackContext: AnyObject {}

extension CallbackContext {
    func retained() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(self).toOpaque()
    }

    static func at(_ pointer: UnsafeMutableRawPointer) -> Self {
        Unmanaged<Self>.fromOpaque(pointer).takeUnretainedValue()
    }

    static func release(_ pointer: UnsafeMutableRawPointer) {
        Unmanaged<Self>.fromOpaque(pointer).release()
    }
}
