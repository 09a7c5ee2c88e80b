internal import Glibc
package import PlainText

/// An address to listen on: `127.0.0.1:9463`, `[::1]:9463`, `localhost:9463`, or `:9463` for every address.
package struct ListenAddress: Sendable, CustomStringConvertible {
    /// A numeric address or a name, IPv6 without brackets; empty for every address of both families.
    package let host: String
    /// From 0 to 65535; 0 selects a free port.
    package let port: Int

    /// Parses `host:port`; an error explains the problem and the format.
    package init(parsing text: String) throws(InvalidValue) {
        guard let colon = text.lastIndex(of: ":") else {
            throw InvalidValue("\(QuotedText(text)) has no port; write 127.0.0.1:9463, or :9463 for every address")
        }
        let host = text[..<colon]
        port = try PortNumber.parse(text[text.index(after: colon)...], in: 0...65535)
        self.host = host.isEmpty ? "" : try NetworkHost.parse(host)
    }

    package var description: String { "\(NetworkHost.bracketed(host)):\(port)" }
}

/// The host of an address: a name, an IPv4 address or an IPv6 address.
enum NetworkHost {
    /// Parses a host in the form before `:port`: an IPv6 address has brackets, which are not part of the result.
    static func parse(_ written: Substring) throws(InvalidValue) -> String {
        let text = String(written)
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = zonedAddress(text.dropFirst().dropLast()) else {
                throw InvalidValue("\(QuotedText(text)) is not an IPv6 address in brackets, such as [::1]")
            }
            return address
        }
        guard !text.contains(":") else {
            throw InvalidValue("an IPv6 address needs brackets, such as [::1]")
        }
        guard isAddress(text, family: AF_INET) || isName(text) else {
            throw InvalidValue(
                "\(QuotedText(text)) is neither an IP address nor a host name in ASCII, such as mailstore.example.com")
        }
        return text
    }

    /// The host in the form before `:port`.
    static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// An IPv6 address, which may have a zone (RFC 6874): `fe80::1%25eth0` or `fe80::1%eth0`, both read as the latter.
    private static func zonedAddress(_ text: Substring) -> String? {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard isAddress(String(parts[0]), family: AF_INET6) else { return nil }
        guard parts.count == 2 else { return String(parts[0]) }
        let zone = parts[1].hasPrefix("25") && parts[1].count > 2 ? parts[1].dropFirst(2) : parts[1]
        guard !zone.isEmpty, zone.isASCIIAlphanumeric(or: "-._~") else { return nil }
        return "\(parts[0])%\(zone)"
    }

    private static func isAddress(_ text: String, family: Int32) -> Bool {
        var address = in6_addr()
        return !text.utf8.contains(0) && inet_pton(family, text, &address) == 1
    }

    /// Whether the text is a DNS name (RFC 1123, with the underscores that Windows networks have).
    private static func isName(_ text: String) -> Bool {
        let labels = text.hasSuffix(".") ? text.dropLast() : text[...]
        let parts = labels.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, let last = parts.last else { return false }
        return parts.allSatisfy(isLabel) && !last.allSatisfy(\.isASCIIDigit)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.isASCIIAlphanumeric(or: "-_")
    }
}

/// A TCP port in decimal digits.
enum PortNumber {
    static func parse(_ text: Substring, in range: ClosedRange<Int>) throws(InvalidValue) -> Int {
        guard text.allSatisfy(\.isASCIIDigit), let port = Int(text), range.contains(port) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw InvalidValue("\(QuotedText(String(text))) is not a port; write a number from \(bounds)")
        }
        return port
    }
}
