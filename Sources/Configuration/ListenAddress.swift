package import PlainText

/// An address to listen on: `127.0.0.1:9463`, `[::1]:9463`, `localhost:9463`, or `:9463` for every address.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address or a name, IPv6 without brackets; empty for every address of both families.
    package let host: String
    /// From 0 to 65535; 0 takes a free port.
    package let port: Int

    /// Parses `host:port`; an error says what is wrong and how the address is written.
    package init(parsing text: String) throws(InvalidValue) {
        guard let colon = text.lastIndex(of: ":") else {
            throw InvalidValue("\(QuotedText(text)) has no port; write 127.0.0.1:9463, or :9463 for every address")
        }
        let host = text[..<colon]
        port = try PortNumber.parse(text[text.index(after: colon)...], in: 0...65535)
        self.host = host.isEmpty ? "" : try NetworkHost(parsing: host).text
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
