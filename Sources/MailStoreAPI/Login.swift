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

/// The permission to send one call with a login.
package struct LoginGrant: Sendable, Equatable {
    package let credentials: Credentials
    package let function: String
    /// Increases from grant to grant.
    package let number: Int

    package init(credentials: Credentials, function: String, number: Int = 0) {
        self.credentials = credentials
        self.function = function
        self.number = number
    }
}

/// Holds the login of a server and decides when it may be tried.
package protocol LoginProvider: Sendable {
    /// The credentials for a call; each is followed by ``accepted(_:)`` or ``failed(_:with:)``.
    ///
    /// While the login must not be tried, it waits, or throws an ``APIError`` for a call that was not sent.
    func credentials(for function: String) async throws(APIError) -> LoginGrant

    /// The server accepted the login and answered.
    func accepted(_ grant: LoginGrant) async

    /// The call failed; returns the error, with what other calls show about it.
    func failed(_ grant: LoginGrant, with error: APIError) async -> APIError
}
