/// The login of a MailStore administrator who holds the login privilege `api`.
public struct Credentials: Sendable, Equatable {
    public var username: String
    public var password: Secret

    public init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }
}
