/// Why a password could not be read, with what to do about it; never any part of the password.
public struct PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
