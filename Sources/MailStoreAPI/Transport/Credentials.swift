/// The login of a MailStore administrator who holds the login privilege `api`.
package struct Credentials: Sendable, Equatable {
    package var username: String
    package var password: Secret

    package init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }
}
