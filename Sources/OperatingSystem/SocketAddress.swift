package import Glibc

/// An address of a stream socket, of any family.
package struct SocketAddress: Sendable, Equatable {
    private var bytes: [UInt8]

    /// The addresses of a host, the best one first; waits for the name service.
    ///
    /// - Parameters:
    ///   - host: A name or a numeric address; `nil` for every address of this machine, with `AI_PASSIVE`.
    ///   - flags: `AI_PASSIVE`, `AI_NUMERICHOST` and others of getaddrinfo(3).
    package static func lookUp(
        host: String?, port: Int? = nil, flags: Int32 = 0
    ) throws(AddressLookupError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, port.map(String.init), &hints, &first)
        guard code == 0 else { throw AddressLookupError(code: code, systemError: errno) }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = first
        while let entry = next?.pointee {
            addresses.append(
                SocketAddress(Array(UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen)))))
            next = entry.ai_next
        }
        return addresses
    }

    /// The address that a socket is bound to; nil if it has none.
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

    /// The port of an internet address.
    package var port: Int? {
        // It has the same offset in the addresses of both families.
        [AF_INET, AF_INET6].contains(family) ? Int(bytes[2]) << 8 | Int(bytes[3]) : nil
    }

    /// The numeric address of the host, or the path of a local socket; empty if it has no name.
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

    /// Passes the address to a system call.
    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
        return withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }
}

/// Why the addresses of a host could not be determined.
package struct AddressLookupError: Error, CustomStringConvertible {
    /// The result of getaddrinfo(3).
    private let code: Int32
    private let systemError: Int32

    fileprivate init(code: Int32, systemError: Int32) {
        (self.code, self.systemError) = (code, systemError)
    }

    /// Whether there is no such name, or it is not a numeric address although one was required.
    package var isUnknownName: Bool { code == EAI_NONAME }

    package var description: String {
        code == EAI_SYSTEM ? String(cString: strerror(systemError)) : String(cString: gai_strerror(code))
    }
}
