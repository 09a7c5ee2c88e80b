internal import Glibc

/// The clients that share a limit: one IPv4 address, or one IPv6 /64 network, which may belong to a single client.
package struct ClientNetwork: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter address: Numeric, with or without a zone. All other texts, such as the empty address of a client of
    ///   a local socket, count as the same network.
    package init(address: String) {
        let text = String(address.prefix { $0 != "%" })
        var (ipv4, ipv6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &ipv4) == 1 {
            self.init(ipv4)
        } else if inet_pton(AF_INET6, text, &ipv6) == 1 {
            self.init(ipv6)
        } else {
            self.init(high: 0, low: 0)
        }
    }

    /// Clients of local sockets, and addresses of unknown families, are one network.
    init(_ address: sockaddr_storage) {
        func read<Address>(as type: Address.Type) -> Address {
            withUnsafePointer(to: address) { $0.withMemoryRebound(to: type, capacity: 1) { $0.pointee } }
        }
        switch Int32(address.ss_family) {
        case AF_INET: self.init(read(as: sockaddr_in.self).sin_addr)
        case AF_INET6: self.init(read(as: sockaddr_in6.self).sin6_addr)
        default: self.init(high: 0, low: 0)
        }
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The address in IPv6 form, `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2).
    private init(_ address: in_addr) {
        self.init(high: 0, low: 0xFFFF << 32 | UInt64(UInt32(bigEndian: address.s_addr)))
    }

    private init(_ address: in6_addr) {
        let (high, low) = withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        // An IPv4 client of a dual-stack socket keeps its whole address.
        self.init(high: high, low: high == 0 && low >> 32 == 0xFFFF ? low : 0)
    }
}
