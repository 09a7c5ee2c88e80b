/// A user name and a password as HTTP Basic sends them (RFC 7617).
package struct BasicCredentials: Sendable, Equatable {
    /// As sent, which need not be UTF-8.
    package var user: [UInt8]
    package var password: [UInt8]

    package init(user: [UInt8], password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// Reads the value of an `Authorization` header; `nil` where it is not one of HTTP Basic.
    package init?(authorization: String) {
        let value = Array(authorization.utf8)
        let scheme = Array("basic ".utf8)
        guard value.count > scheme.count, value.prefix(scheme.count).map(Self.lowercased) == scheme,
            let text = Base64.decode(value.dropFirst(scheme.count)),
            let colon = text.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = Array(text[..<colon])
        password = Array(text[(colon + 1)...])
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension BasicCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
