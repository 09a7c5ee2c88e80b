internal import CMicroHTTPD
internal import Glibc

/// A bound, listening socket; created here because libmicrohttpd does not report why creating one failed.
struct ListenSocket {
    let descriptor: Int32
    let port: Int

    /// The most connections that may wait in the kernel to be accepted.
    private static let backlog: Int32 = 1024

    init(host: String, port: Int) throws(ServerError) {
        guard (0...65535).contains(port) else {
            throw ServerError(.other, "\(port) is not a port: use a number from 0 to 65535")
        }
        let candidates = try Self.resolve(host: host, port: port)
        defer { freeaddrinfo(candidates) }
        var failure = EADDRNOTAVAIL
        for family in host.isEmpty ? [AF_INET6, AF_INET] : [AF_INET, AF_INET6] {
            for candidate in sequence(first: candidates, next: { $0.pointee.ai_next })
            where candidate.pointee.ai_family == family {
                let descriptor = Self.open(candidate.pointee, dualStack: host.isEmpty)
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
        port = Self.boundPort(of: descriptor)
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

    private static func resolve(host: String, port: Int) throws(ServerError) -> UnsafeMutablePointer<addrinfo> {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
        guard result == 0, let list else {
            throw ServerError(
                .addressNotAvailable,
                "cannot listen on \(ServerError.endpoint(host: host, port: port)): "
                    + "\(String(cString: gai_strerror(result))); "
                    + "use an address of this machine, or a name that resolves to one")
        }
        return list
    }

    /// The descriptor of a listening socket, or the negative error number.
    private static func open(_ candidate: addrinfo, dualStack: Bool) -> Int32 {
        let descriptor = mhd_shim_stream_socket(candidate.ai_family)
        guard descriptor >= 0 else { return -errno }
        set(descriptor, Int32(SOL_SOCKET), SO_REUSEADDR, true)
        if candidate.ai_family == AF_INET6 {
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, !dualStack)
        }
        guard bind(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0, listen(descriptor, backlog) == 0 else {
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

    private static func boundPort(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &size) == 0 else { return 0 }
                guard [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family)) else { return 0 }
                // The port is at the same place in the addresses of both families.
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
