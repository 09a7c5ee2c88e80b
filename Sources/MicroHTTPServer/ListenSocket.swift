internal import CMicroHTTPD
internal import Glibc
internal import OperatingSystem

/// A bound, listening socket; created here because libmicrohttpd does not report why creating one failed.
struct ListenSocket {
    let descriptor: Int32
    let port: Int

    /// The most connections that may wait in the kernel to be accepted.
    private static let backlog: Int32 = 1024
    /// Bytes that the kernel keeps of a reply that its client does not read.
    private static let unsentLimit: Int32 = 64 << 10

    init(_ endpoint: ServerEndpoint) throws(ServerError) {
        if let descriptor = endpoint.descriptor {
            try self.init(adopting: descriptor)
        } else {
            try self.init(host: endpoint.host, port: endpoint.port)
        }
        // The accepted sockets inherit it. A local socket does not have it, and its buffers are small.
        var limit = Self.unsentLimit
        setsockopt(
            self.descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &limit, socklen_t(MemoryLayout<Int32>.size))
    }

    init(host: String, port: Int) throws(ServerError) {
        guard (0...65535).contains(port) else {
            throw ServerError(.other, "\(port) is not a port: use a number from 0 to 65535")
        }
        let candidates = try Self.resolve(host: host, port: port)
        var failure = EADDRNOTAVAIL
        for family in host.isEmpty ? [AF_INET6, AF_INET] : [AF_INET, AF_INET6] {
            for candidate in candidates where candidate.family == family {
                let descriptor = Self.open(candidate, dualStack: host.isEmpty)
                if descriptor >= 0 {
                    self.init(listening: descriptor)
                    return
                }
                failure = -descriptor
                // If the port is in use for one family, serving only the other family would hide the problem.
                guard failure == EAFNOSUPPORT || failure == EADDRNOTAVAIL else {
                    throw ServerError(errno: failure, host: host, port: port)
                }
            }
        }
        throw ServerError(errno: failure, host: host, port: port)
    }

    private init(listening descriptor: Int32) {
        self.descriptor = descriptor
        port = SocketAddress.bound(to: descriptor)?.port ?? 0
    }

    /// Adopts a listening socket that another process has bound.
    init(adopting descriptor: Int32) throws(ServerError) {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0 else {
            throw ServerError(
                .other,
                "descriptor \(descriptor) is not a listening socket: pass one that is "
                    + "(ListenStream= and Accept=no in the systemd socket unit)")
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.init(listening: descriptor)
    }

    private static func resolve(host: String, port: Int) throws(ServerError) -> [SocketAddress] {
        do throws(AddressLookupError) {
            return try SocketAddress.lookUp(host: host.isEmpty ? nil : host, port: port, flags: AI_PASSIVE)
        } catch {
            throw ServerError(
                .addressNotAvailable,
                "cannot listen on \(ServerError.endpoint(host: host, port: port)): \(error); "
                    + "use an address of this machine, or a name that resolves to one")
        }
    }

    /// The descriptor of a listening socket, or the negative error number.
    private static func open(_ address: SocketAddress, dualStack: Bool) -> Int32 {
        let descriptor = mhd_shim_stream_socket(address.family)
        guard descriptor >= 0 else { return -errno }
        set(descriptor, Int32(SOL_SOCKET), SO_REUSEADDR, true)
        if address.family == AF_INET6 {
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, !dualStack)
        }
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
            let code = errno
            close(descriptor)
            return -code
        }
        return descriptor
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ on: Bool) {
        var value: Int32 = on ? 1 : 0
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// The listening sockets of a server.
struct Listeners {
    let sockets: [ListenSocket]
    private let endpoints: [ServerEndpoint]

    init(_ endpoints: [ServerEndpoint]) throws(ServerError) {
        var sockets: [ListenSocket] = []
        do throws(ServerError) {
            for endpoint in endpoints { sockets.append(try ListenSocket(endpoint)) }
        } catch {
            Self(sockets, endpoints).close(adopted: false)
            throw error
        }
        self.init(sockets, endpoints)
    }

    private init(_ sockets: [ListenSocket], _ endpoints: [ServerEndpoint]) {
        self.sockets = sockets
        self.endpoints = endpoints
    }

    /// Closes the sockets.
    ///
    /// - Parameter adopted: Whether to close adopted ones too. These are never shut down, because other processes may
    ///   listen on them.
    func close(adopted: Bool) {
        for (socket, endpoint) in zip(sockets, endpoints) {
            if endpoint.descriptor == nil { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
            if endpoint.descriptor == nil || adopted { Glibc.close(socket.descriptor) }
        }
    }
}
