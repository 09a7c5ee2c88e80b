import MailStoreAPI
import PlainText

/// The bcrypt hash of a password, in the form of crypt(5): `$2y$10$` and 53 characters of salt and checksum.
///
/// It is as good as a secret: whoever has it can try passwords at home.
struct BcryptHash: Sendable, Hashable {
    /// 2 to the power of this is the number of rounds; each step up doubles the time of a check.
    let cost: Int
    private let text: Secret

    /// One check at cost 18 takes many seconds; beyond it nobody gets in before the scrape times out.
    static let costs = 4...18

    private static let length = 60
    private static let checksumLength = 31
    private static let remedy = "make one with htpasswd -nBC 10 NAME and write what follows the colon"

    /// - Throws: ``InvalidValue``, which never holds a part of the text: it may be the password.
    init(parsing text: String) throws(InvalidValue) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw InvalidValue("has no hash; \(Self.remedy)") }
        guard !text.contains(":") else {
            throw InvalidValue("is not a bcrypt hash alone; of htpasswd's output write only what follows the colon")
        }
        let marks = ["$2a$", "$2b$", "$2y$"]
        guard marks.contains(where: { text.hasPrefix($0) }) else {
            let isRetired = text.hasPrefix("$2$") || text.hasPrefix("$2x$")
            throw InvalidValue(
                isRetired
                    ? "is a bcrypt hash of a retired form; \(Self.remedy)"
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
                "has the cost \(cost), which is not from \(Self.costs.lowerBound) to \(Self.costs.upperBound); "
                    + Self.remedy)
        }
        self.cost = cost
        self.text = Secret(text)
    }

    /// The method, the cost and the salt, by which a password is hashed to be compared.
    var setting: String { String(text.exposed.dropLast(Self.checksumLength)) }

    /// What the password of this hash comes out as.
    var checksum: [UInt8] { Self.checksum(of: bytes) }

    /// The whole, for what is derived from it.
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
