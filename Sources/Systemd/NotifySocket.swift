internal import Glibc
import PlainText

/// Sends datagrams to a service manager's socket.
///
/// The descriptor is opened once, so that keep-alives work even when the process has no descriptors left. The address
/// is resolved for each datagram, because the manager binds it again when it restarts.
final class NotifySocket: Sendable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressSize: socklen_t

    /// - Parameter name: A path, or `@` and the name of an abstract socket.
    /// - Throws: ``NotifyError`` if the name is not valid.
    init(_ name: String) throws(NotifyError) {
        var bytes = Array(name.utf8)
        guard name.hasPrefix("/") || (name.hasPrefix("@") && bytes.count > 1) else {
            throw NotifyError("\(QuotedText(name)) is neither a path nor an abstract socket (@name)")
        }
        // A path ends with a zero byte; an abstract name begins with one.
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count <= room else {
            throw NotifyError("\(QuotedText(name)) is longer than \(room - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        let head = MemoryLayout<sockaddr_un>.size - room
        addressSize = socklen_t(isAbstract ? head + bytes.count : MemoryLayout<sockaddr_un>.size)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw NotifyError("cannot create a socket: \(String(cString: strerror(errno)))") }
        // If the manager does not read, the program must not block.
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Sends one datagram; waits up to two seconds for a slow reader.
    ///
    /// - Throws: ``NotifyError`` if it does not arrive.
    func send(_ text: String) throws(NotifyError) {
        var text = text
        let code = text.withUTF8 { bytes in
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let flags = Int32(MSG_NOSIGNAL)
                    let sent = sendto(descriptor, bytes.baseAddress, bytes.count, flags, address, addressSize)
                    return sent < 0 ? errno : 0
                }
            }
        }
        guard code == 0 else { throw NotifyError(String(cString: strerror(code))) }
    }
}

/// Why a service manager cannot be notified.
struct NotifyError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
