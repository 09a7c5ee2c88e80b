internal import Glibc

/// Whose connections are counted together: an IPv4 address, or an IPv6 network of 64 bits, which one client may own whole.
package struct ClientNetwork: Hashable, Sendable {
    private var high: UInt64
    private var low: UInt64

    /// Clients of a local socket, and addresses of families that are not known, are one network.
    init(_ address: sockaddr_storage) {
        high = 0
        low = 0
        var address = address
        switch Int32(address.ss_family) {
        case AF_INET:
            withUnsafeBytes(of: &address) { bytes in
                low = Self.mapped(bytes.loadUnaligned(fromByteOffset: Self.ipv4Offset, as: UInt32.self))
            }
        case AF_INET6:
            withUnsafeBytes(of: &address) { bytes in
                high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.ipv6Offset, as: UInt64.self))
                let rest = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.ipv6Offset + 8, as: UInt64.self))
                // An IPv4 client of a dual-stack socket (RFC 4291, 2.5.5.2) keeps its whole address.
                if high == 0 && rest >> 32 == 0xFFFF { low = rest }
            }
        default: break
        }
    }

    private static let ipv4Offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 4
    private static let ipv6Offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8

    private static func mapped(_ address: UInt32) -> UInt64 {
        0xFFFF << 32 | UInt64(UInt32(bigEndian: address))
    }
}
