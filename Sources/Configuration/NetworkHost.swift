internal import Glibc
import PlainText

/// The host of an address: a name, an IPv4 address or an IPv6 address.
struct NetworkHost: Equatable {
    /// The name or address, an IPv6 address without its brackets.
    let text: String
    let isIPv6: Bool

    /// Parses a host as it stands before `:port`, an IPv6 address in brackets.
    init(parsing written: some StringProtocol) throws(InvalidValue) {
        let written = String(written)
        if written.hasPrefix("[") {
            let inner = String(written.dropFirst().dropLast())
            guard written.hasSuffix("]"), Self.isAddress(inner, family: AF_INET6) else {
                throw InvalidValue("\(QuotedText(written)) is not an IPv6 address in brackets, such as [::1]")
            }
            (text, isIPv6) = (inner, true)
            return
        }
        guard !written.contains(":") else {
            throw InvalidValue("an IPv6 address needs brackets, such as [::1]")
        }
        guard Self.isAddress(written, family: AF_INET) || Self.isName(written) else {
            throw InvalidValue("\(QuotedText(written)) is neither a host name (in ASCII) nor an IP address")
        }
        (text, isIPv6) = (written, false)
    }

    /// The host as it stands before `:port`.
    var bracketed: String { isIPv6 ? "[\(text)]" : text }

    private static func isAddress(_ text: String, family: Int32) -> Bool {
        var address = in6_addr()
        return !text.utf8.contains(0) && inet_pton(family, text, &address) == 1
    }

    /// Whether the text is a DNS name (RFC 1123, with the underscores that Windows networks have).
    private static func isName(_ text: String) -> Bool {
        let labels = text.hasSuffix(".") ? text.dropLast() : text[...]
        let parts = labels.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, let last = parts.last else { return false }
        return parts.allSatisfy(isLabel) && !last.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
                    || $0 == "_"
            }
    }
}

/// A TCP port in decimal digits.
struct PortNumber {
    static func parse(_ text: some StringProtocol, in range: ClosedRange<Int>) throws(InvalidValue) -> Int {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, let port = Int(text), range.contains(port) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw InvalidValue("\(QuotedText(String(text))) is not a port; a number from \(bounds)")
        }
        return port
    }
}
