package import PlainText

/// The base URL of a MailStore server's Administration API: always https, with its port.
package struct ServerURL: Sendable, Hashable, CustomStringConvertible {
    /// The port of the Administration API on MailStore Server (`docs/api.md`, "Protocol").
    package static let defaultPort = 8463

    private static let example = "https://mailstore.example.com:8463"

    /// A name or an address, IPv6 without brackets, with its zone as in `fe80::1%eth0`.
    package let host: String
    /// From 1 to 65535.
    package let port: Int
    /// Empty, or a path that begins with a slash and does not end with one (a reverse proxy's).
    package let path: String

    /// Parses a URL; without a path, the port may be left out.
    ///
    /// No message repeats a text that may contain a password (user info, query).
    package init(parsing text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("is empty; write \(Self.example)") }
        guard !text.contains("@") else {
            throw InvalidValue("contains a user name or a password; set them with their own keys or flags")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw InvalidValue("has a query or a fragment; end the URL with the port: \(Self.example)")
        }
        let rest = try Self.dropScheme(text)
        let authority = rest.prefix { $0 != "/" }
        path = try Self.checkedPath(rest.dropFirst(authority.count))
        (host, port) = try Self.hostAndPort(authority, path: path)
    }

    package var description: String {
        // In a URL, the percent sign before the zone of an address is escaped (RFC 6874).
        "https://\(NetworkHost.bracketed(host).replacing("%", with: "%25")):\(port)\(path)"
    }

    private static func dropScheme(_ text: String) throws(InvalidValue) -> Substring {
        guard let end = text.firstRange(of: "://") else {
            throw InvalidValue("\(QuotedText(text)) has no scheme; write \(QuotedText("https://" + text))")
        }
        let rest = text[end.upperBound...]
        switch text[..<end.lowerBound].lowercased() {
        case "https":
            return rest
        case "http":
            let remedy = "write \(QuotedText("https://" + rest))"
            throw InvalidValue("plain http cannot be used: the Administration API only supports TLS; \(remedy)")
        default:
            throw InvalidValue("\(QuotedText(text)) is not an https URL; write \(Self.example)")
        }
    }

    private static func hostAndPort(
        _ authority: Substring, path: String
    ) throws(InvalidValue) -> (host: String, port: Int) {
        guard !authority.isEmpty else {
            throw InvalidValue("has no host; write \(Self.example)")
        }
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let host = try NetworkHost.parse(authority[..<colon])
            return (host, try PortNumber.parse(authority[authority.index(after: colon)...], in: 1...65535))
        }
        let host = try NetworkHost.parse(authority)
        // A path belongs to a reverse proxy, which rarely listens on MailStore's port: nobody can tell which is meant.
        guard path.isEmpty else {
            throw InvalidValue(
                "has a path, but no port; write the port of the reverse proxy, such as https://\(authority):443\(path), "
                    + "or \(defaultPort) for MailStore itself")
        }
        return (host, defaultPort)
    }

    private static func checkedPath(_ written: Substring) throws(InvalidValue) -> String {
        var path = written
        while path.hasSuffix("/") { path = path.dropLast() }
        guard path.isASCIIAlphanumeric(or: "/-._~%"), !path.contains("//"), !path.split(separator: "/").contains("..")
        else {
            throw InvalidValue(
                "the path \(QuotedText(String(path))) cannot be used; the URL usually ends with the port")
        }
        guard path.split(separator: "/").last != "api", !path.contains("/api/") else {
            throw InvalidValue("remove the path \(QuotedText(String(path))): the exporter adds /api itself")
        }
        return String(path)
    }
}
