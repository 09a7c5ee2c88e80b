internal import Glibc

/// Why a server could not be started.
package struct ServerError: Error, CustomStringConvertible, Sendable {
    package enum Kind: Sendable {
        /// Another program listens on the port.
        case addressInUse
        /// The port is reserved for privileged programs, or a policy forbids it.
        case permissionDenied
        /// The host does not name an address of this machine.
        case addressNotAvailable
        /// The certificate or its key cannot be used.
        case badCertificate
        /// The TLS versions, cipher suites or curves do not go together.
        case badPolicy
        case other
    }

    package var kind: Kind
    /// What is wrong and what to do, for people.
    package var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Words the error number of a failed `socket`, `bind` or `listen`.
    init(errno code: Int32, host: String, port: Int) {
        let place = "cannot listen on \(Self.endpoint(host: host, port: port))"
        switch code {
        case EADDRINUSE:
            self.init(
                .addressInUse,
                "\(place): the port is in use; stop the program that holds it (ss -ltnp shows it) "
                    + "or choose another port")
        case EACCES, EPERM:
            self.init(
                .permissionDenied,
                "\(place): permission denied; choose a port from 1024 up "
                    + "or give the program the capability CAP_NET_BIND_SERVICE")
        case EADDRNOTAVAIL:
            self.init(
                .addressNotAvailable,
                "\(place): this machine has no such address; use one of its own (ip address shows them) "
                    + "or leave it out")
        case EAFNOSUPPORT:
            self.init(
                .addressNotAvailable,
                "\(place): this machine does not support the address family; use an IPv4 address")
        case EMFILE, ENFILE:
            self.init(
                .other,
                "\(place): too many files are open; raise the limit (ulimit -n, or LimitNOFILE= in the systemd unit)")
        default:
            self.init(.other, "\(place): \(Self.text(of: code)); check the listen address")
        }
    }

    /// `host:port`, with an IPv6 address in brackets as in RFC 3986.
    static func endpoint(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    static func text(of code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress else { return "error \(code)" }
            start.initialize(repeating: 0, count: buffer.count)
            return strerror_r(code, start, buffer.count) == 0 ? String(cString: start) : "error \(code)"
        }
    }
}
