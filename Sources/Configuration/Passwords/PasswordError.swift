/// Why a password could not be read, with what to do about it; never any part of the password.
package struct PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
