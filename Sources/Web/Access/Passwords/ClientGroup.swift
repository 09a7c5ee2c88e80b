internal import Glibc

/// Whose checks wait in one line: an IPv4 address, or an IPv6 network of 64 bits, which one client may own whole.
struct ClientGroup: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter address: In numbers; whatever is no IPv6 address is a group of its own.
    init(address: String) {
        var network = in6_addr()
        guard inet_pton(AF_INET6, address, &network) == 1 else {
            bytes = Array(address.utf8)
            return
        }
        bytes = withUnsafeBytes(of: &network) { Array($0.prefix(8)) }
    }
}
