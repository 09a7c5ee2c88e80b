internal import Glibc

/// The hosts that are reached without the proxy: the list in `no_proxy`, separated by commas or spaces.
///
/// An entry is a name, which includes the names below it, an address, a network (`192.0.2.0/24`), or `*` for every host.
struct ProxyExceptions {
    private let entries: [String]

    init(_ list: String) {
        entries = list.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// - Parameter host: A name or an address, IPv6 without brackets.
    func contain(_ host: String) -> Bool {
        let host = host.lowercased()
        guard !entries.contains("*") else { return true }
        // The zone of a link-local address is not part of the address.
        if let address = Self.address(host.prefix { $0 != "%" }) {
            return entries.contains { Self.network($0, contains: address) }
        }
        let name = Self.withoutDots(host)
        return entries.contains { entry in
            let suffix = Self.withoutDots(entry)
            return !suffix.isEmpty && (name == suffix || name.hasSuffix("." + suffix))
        }
    }

    /// `.example.com.` means the same as `example.com`.
    private static func withoutDots(_ name: String) -> Substring {
        var name = name[...]
        if name.hasPrefix(".") { name.removeFirst() }
        if name.hasSuffix(".") { name.removeLast() }
        return name
    }

    private static func network(_ entry: String, contains address: [UInt8]) -> Bool {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts[0].hasPrefix("[") ? parts[0].dropFirst().prefix { $0 != "]" } : parts[0]
        guard let network = Self.address(text), network.count == address.count else { return false }
        let bits = parts.count == 2 ? Int(parts[1]) : address.count * 8
        guard let bits, (0...address.count * 8).contains(bits) else { return false }
        return zip(network, address).enumerated().allSatisfy { index, pair in
            let shown = min(8, max(0, bits - index * 8))
            return pair.0 >> (8 - shown) == pair.1 >> (8 - shown)
        }
    }

    /// The bytes of an IPv4 or IPv6 address; `nil` for a name.
    private static func address(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: six) { Array($0) } : nil
    }
}
