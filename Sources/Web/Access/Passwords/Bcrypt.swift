internal import CCrypt

/// Compares passwords with bcrypt hashes by libxcrypt.
enum Bcrypt {
    /// What bcrypt takes of a password; the rest has no say, here as in every implementation.
    private static let longest = 72

    /// Whether the hash is that of the password; takes the time that the hash's cost means, right or wrong.
    static func fits(_ password: [UInt8], _ hash: BcryptHash) -> Bool {
        // C ends the text at a NUL, and what stands before it may be right.
        let isText = !password.contains(0)
        var phrase = (isText ? password.prefix(longest) : []).map { CChar(bitPattern: $0) }
        phrase.append(0)
        var output = [CChar](repeating: 0, count: CCRYPT_HASH_SIZE)
        guard ccrypt_hash(phrase, hash.setting, &output) == 0 else { return false }
        let bytes = output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        // The checksum alone: libxcrypt clears unused bits in the last character of the salt.
        return areEqual(BcryptHash.checksum(of: bytes), hash.checksum) && isText
    }

    /// Compares in a time that does not tell where two texts begin to differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
