internal import CCrypt
import MailStoreAPI
import PlainText

/// The bcrypt hash of a password, in the form of crypt(5): `$2y$10$` and 53 characters of salt and checksum.
///
/// It is treated as a secret, because an attacker who has it can test guesses against it offline.
struct BcryptHash: Sendable, Hashable {
    /// 2 to the power of this is the number of rounds; each step up doubles the time of a check.
    let cost: Int
    private let text: Secret

    /// One check at cost 18 takes many seconds; at a higher cost a scrape times out before its password is checked.
    static let costs = 4...18

    private static let length = 60
    private static let checksumLength = 31
    private static let remedy = "make one with htpasswd -nBC 10 NAME and write the part after the colon"

    /// - Throws: ``InvalidValue``, which never contains a part of the text, because it may be the password.
    init(parsing text: String) throws(InvalidValue) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw InvalidValue("has no hash; \(Self.remedy)") }
        guard !text.contains(":") else {
            throw InvalidValue("is more than a bcrypt hash; of htpasswd's output write only the part after the colon")
        }
        let marks = ["$2a$", "$2b$", "$2y$"]
        guard marks.contains(where: { text.hasPrefix($0) }) else {
            let isRetired = text.hasPrefix("$2$") || text.hasPrefix("$2x$")
            throw InvalidValue(
                isRetired
                    ? "is a bcrypt hash in an obsolete form; \(Self.remedy)"
                    : "is not a bcrypt hash (they begin with $2y$, $2b$ or $2a$); \(Self.remedy)")
        }
        let isWhole =
            bytes.count == Self.length && bytes[6] == UInt8(ascii: "$") && bytes[7...].allSatisfy(Self.isOfAlphabet)
        let digits = bytes.dropFirst(4).prefix(2)
        guard isWhole, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let cost = Int(String(decoding: digits, as: UTF8.self))
        else {
            throw InvalidValue("is a damaged bcrypt hash (a whole one has 60 characters); \(Self.remedy)")
        }
        guard Self.costs.contains(cost) else {
            throw InvalidValue(
                "has the cost \(cost), outside the range from \(Self.costs.lowerBound) to \(Self.costs.upperBound); "
                    + Self.remedy)
        }
        self.cost = cost
        self.text = Secret(text)
    }

    /// The method, the cost and the salt, with which a password is hashed for comparison.
    var setting: String { String(text.exposed.dropLast(Self.checksumLength)) }

    var checksum: [UInt8] { Self.checksum(of: bytes) }

    /// The complete hash.
    var bytes: [UInt8] { Array(text.exposed.utf8) }

    static func checksum(of hash: [UInt8]) -> [UInt8] { hash.suffix(checksumLength) }

    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

/// Compares passwords with bcrypt hashes, with libxcrypt.
enum Bcrypt {
    /// How many bytes of a password bcrypt uses; every implementation ignores the rest.
    private static let longest = 72

    /// Whether the password matches the hash; a wrong password takes as long as a right one.
    static func fits(_ password: [UInt8], _ hash: BcryptHash) -> Bool {
        // In C a text ends at a NUL, and the part before it may be a valid password.
        let isText = !password.contains(0)
        var phrase = (isText ? password.prefix(longest) : []).map { CChar(bitPattern: $0) }
        phrase.append(0)
        var output = [CChar](repeating: 0, count: CCRYPT_HASH_SIZE)
        guard ccrypt_hash(phrase, hash.setting, &output) == 0 else { return false }
        let bytes = output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        // Only the checksum: libxcrypt clears unused bits in the last character of the salt.
        return areEqual(BcryptHash.checksum(of: bytes), hash.checksum) && isText
    }

    /// Compares in constant time, which does not reveal where two texts begin to differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
