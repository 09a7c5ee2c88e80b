import Configuration
import Systemd

/// Where one web endpoint listens: an address of the command line, or a socket that was handed over.
struct ListenPlace: Sendable, CustomStringConvertible {
    /// A numeric address or a name; the path of a local socket.
    var host: String
    /// 0 lets the system choose; it does not count where a socket was handed over.
    var port: Int
    /// The socket that was handed over.
    var adopted: AdoptedSocket?
    var description: String

    init(_ address: ListenAddress) {
        host = address.host
        port = address.port
        description = "\(address)"
    }

    init(_ socket: AdoptedSocket) {
        host = socket.address.host
        port = 0
        adopted = socket
        description = host
    }
}
