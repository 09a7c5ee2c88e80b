package import Foundation
import Glibc

/// A socket of a test, bound to a free port of this machine.
package final class ListeningSocket: Sendable {
    package let descriptor: Int32
    package let port: Int

    /// - Parameters:
    ///   - type: `SOCK_STREAM` or `SOCK_DGRAM`.
    ///   - backlog: how many connections wait for somebody to take them; nil: it is bound, and does not listen.
    package init(type: __socket_type = SOCK_STREAM, backlog: Int32? = 16) throws {
        descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(descriptor, address, size) == 0 else { return errno }
                if let backlog, listen(descriptor, backlog) != 0 { return errno }
                return getsockname(descriptor, address, &size) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: code) ?? .EINVAL) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(descriptor)
    }
}
