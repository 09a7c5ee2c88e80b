import Foundation

/// A user name and a password as HTTP Basic sends them (RFC 7617).
struct BasicCredentials: Sendable, Equatable {
    /// As sent, which need not be UTF-8.
    var user: [UInt8]
    var password: [UInt8]
}

extension BasicCredentials {
    /// Reads the value of an `Authorization` header; `nil` if it is not one of HTTP Basic.
    init?(authorization: String) {
        let scheme = "basic "
        guard authorization.prefix(scheme.count).lowercased() == scheme,
            let text = Data(base64Encoded: String(authorization.dropFirst(scheme.count))),
            let colon = text.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = Array(text[..<colon])
        password = Array(text[(colon + 1)...])
    }
}

extension BasicCredentials: CustomStringConvertible, CustomReflectable {
    var description: String { "<secret>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
