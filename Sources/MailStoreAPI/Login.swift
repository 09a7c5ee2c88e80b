/// The login of a MailStore administrator who has the login privilege `api`.
package struct Credentials: Sendable, Equatable {
    package var username: String
    package var password: Secret

    package init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }
}

/// Text that must never be shown: it is always described, dumped or mirrored as `<secret>`.
package struct Secret: Sendable, Hashable {
    /// The text itself, only for the code that sends it.
    package let exposed: String

    package init(_ exposed: String) {
        self.exposed = exposed
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Holds the login of a server and decides when it may be tried.
package protocol LoginProvider: Sendable {
    /// The credentials for a call.
    ///
    /// While the login must not be tried, it waits, or throws an ``APIError`` for a call that was not sent.
    func credentials(for function: String) async throws(APIError) -> Credentials

    /// Called once for each call that got credentials; without an error if the server accepted them and answered.
    func ended(_ credentials: Credentials, with error: APIError?) async
}
