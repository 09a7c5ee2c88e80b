internal import Glibc

/// Why a server could not be started.
package struct ServerError: Error, CustomStringConvertible, Sendable {
    package enum Kind: Sendable {
        /// Another program listens on the port.
        case addressInUse
        /// The port is reserved for privileged programs, or a policy forbids it.
        case permissionDenied
        /// The host is not an address of this machine.
        case addressNotAvailable
        /// The certificate or its key cannot be used.
        case badCertificate
        /// The TLS settings cannot be used together.
        case badPolicy
        case other
    }

    package let kind: Kind
    /// The problem and its remedy.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    init(errno code: Int32, _ endpoint: ServerEndpoint) {
        self.init(errno: code, host: endpoint.host, port: endpoint.port)
    }

    /// The error for a failed `socket`, `bind` or `listen`.
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
                    + "or grant the program the capability CAP_NET_BIND_SERVICE")
        case EADDRNOTAVAIL:
            self.init(
                .addressNotAvailable,
                "\(place): this machine has no such address; use one that \"ip address\" shows, or leave it out")
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
        String(cString: strerror(code))
    }
}
