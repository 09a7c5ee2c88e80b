import Foundation
import Glibc
import TestSupport

/// A service manager's socket, of which a test reads what it was sent.
final class NotificationInbox: Sendable {
    /// What `$NOTIFY_SOCKET` says.
    let name: String
    private let descriptor: Int32
    private let path: String?

    /// - Parameters:
    ///   - unique: what the name ends with.
    ///   - isAbstract: whether the socket has a name of its own in place of a path.
    init(_ unique: String = "notify-\(UUID().uuidString)", isAbstract: Bool = false) throws {
        path = isAbstract ? nil : NSTemporaryDirectory() + unique
        name = path ?? "@" + unique
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = isAbstract ? [0] + Array(unique.utf8) : Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let head = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        let size = socklen_t(head + bytes.count)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EINVAL) }
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// The next datagram that has come, as lines; nil where none has.
    func next() -> [String]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self).components(separatedBy: "\n")
    }

    /// All that have come.
    func all() -> [[String]] {
        var found: [[String]] = []
        while let next = next() { found.append(next) }
        return found
    }
}
