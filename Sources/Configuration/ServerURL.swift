package import PlainText

/// The base URL of a MailStore server's Administration API: always https, with its port.
package struct ServerURL: Sendable, Hashable, CustomStringConvertible {
    /// The port of the Administration API on MailStore Server (`mailstore-api.md`, section 1).
    package static let defaultPort = 8463

    private static let example = "https://mailstore.example.com:8463"

    /// A name or an address, IPv6 without brackets.
    package let host: String
    /// From 1 to 65535.
    package let port: Int
    /// Empty, or a path that begins with a slash and does not end with one (a reverse proxy's).
    package let path: String

    /// Parses a URL as a person writes it; the port may be left out.
    ///
    /// No message repeats a text that may hold a password (user info, query).
    package init(parsing text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("is empty; write \(Self.example)") }
        guard !text.contains("@") else {
            throw InvalidValue("holds a user name or a password; give them by their own keys or flags")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw InvalidValue("has a query or a fragment; let the URL end with the port: \(Self.example)")
        }
        let rest = try Self.dropScheme(text)
        let authority = rest.prefix { $0 != "/" }
        (host, port) = try Self.hostAndPort(authority)
        path = try Self.checkedPath(rest.dropFirst(authority.count))
    }

    package var description: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return "https://\(bracketed):\(port)\(path)"
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
            throw InvalidValue("plain http cannot be used: the Administration API speaks TLS only; \(remedy)")
        default:
            throw InvalidValue("\(QuotedText(text)) is not an https URL; write \(Self.example)")
        }
    }

    private static func hostAndPort(_ authority: Substring) throws(InvalidValue) -> (host: String, port: Int) {
        guard !authority.isEmpty else {
            throw InvalidValue("has no host; write \(Self.example)")
        }
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let host = try NetworkHost(parsing: authority[..<colon])
            return (host.text, try PortNumber.parse(authority[authority.index(after: colon)...], in: 1...65535))
        }
        return (try NetworkHost(parsing: authority).text, defaultPort)
    }

    private static func checkedPath(_ written: Substring) throws(InvalidValue) -> String {
        var path = written
        while path.hasSuffix("/") { path = path.dropLast() }
        let isPlain = path.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "/-._~%".unicodeScalars.contains($0)
        }
        guard isPlain, !path.contains("//"), !path.split(separator: "/").contains("..") else {
            let remedy = "usually the URL ends with the port"
            throw InvalidValue("the path \(QuotedText(String(path))) cannot be used; \(remedy)")
        }
        guard path.split(separator: "/").last != "api", !path.contains("/api/") else {
            throw InvalidValue("leave the path \(QuotedText(String(path))) away: the exporter adds /api itself")
        }
        return String(path)
    }
}
