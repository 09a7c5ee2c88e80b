internal import Glibc

/// An address of a stream socket, of whatever family.
package struct SocketAddress: Sendable, Equatable {
    private var bytes: [UInt8]

    /// The address that a socket is bound to; nil where it has none.
    package static func bound(to descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isKnown else { return nil }
        return withUnsafeBytes(of: storage) { SocketAddress(Array($0.prefix(Int(size)))) }
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    package var family: Int32 {
        bytes.withUnsafeBytes { $0.count < 2 ? AF_UNSPEC : Int32($0.loadUnaligned(as: sa_family_t.self)) }
    }

    /// The numeric address of the host, or the path of a local socket; empty where it has no name.
    package var host: String {
        if family == AF_UNIX {
            var name = bytes.dropFirst(2)
            // An abstract name begins with a zero byte, and is written with an @.
            if name.first == 0 { name[name.startIndex] = UInt8(ascii: "@") }
            return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let isKnown = withPointer { address, size in
            getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        }
        return isKnown ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }

    /// Hands the address to a system call.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
        return withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }
}
