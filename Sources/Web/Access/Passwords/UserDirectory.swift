/// The users of a configuration, and stand-ins for everybody else.
struct UserDirectory: Sendable {
    private let users: [String: BcryptHash]
    /// In an order that stays the same, so that a stand-in does.
    private let hashes: [BcryptHash]

    init(_ users: [String: BcryptHash]) {
        self.users = users
        hashes = users.sorted { $0.key < $1.key }.map(\.value)
    }

    var isEmpty: Bool { users.isEmpty }

    /// What to check a password against.
    struct Entry: Equatable {
        var hash: BcryptHash
        /// Where it is `false`, no password is right.
        var isUser: Bool
    }

    /// The hash of a user, or, for a name that is none's, the hash of some user.
    ///
    /// So a check of an unknown name takes as long as one of a known name, whatever the costs of the hashes are.
    ///
    /// - Parameter choice: A number that belongs to the name and that nobody outside can tell.
    /// - Returns: `nil` where there are no users.
    func entry(for name: [UInt8], choice: UInt64) -> Entry? {
        if let name = String(validating: name, as: UTF8.self), let hash = users[name] {
            return Entry(hash: hash, isUser: true)
        }
        guard !hashes.isEmpty else { return nil }
        return Entry(hash: hashes[Int(choice % UInt64(hashes.count))], isUser: false)
    }
}
