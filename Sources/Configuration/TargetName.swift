package import PlainText

/// The rule for a target's name, which is a label value, a part of a file name and a parameter of URLs.
enum TargetName {
    private static let longest = 64
    private static let punctuation = "._-"

    static func parse(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty; give the server a short name, such as archive") }
        guard text.isASCIIAlphanumeric(or: punctuation) else {
            throw InvalidValue(
                "\(QuotedText(text)) cannot be used; write letters A-Z a-z, digits, dot, hyphen and underscore only")
        }
        guard !text.hasPrefix(".") else {
            throw InvalidValue("\(QuotedText(text)) begins with a dot; remove the dot")
        }
        guard text.utf8.count <= longest else {
            throw InvalidValue("\(QuotedText(text)) is too long; the maximum is \(longest) characters")
        }
        return text
    }

    /// A name derived from a host: each invalid character becomes a hyphen.
    static func fromHost(_ host: String) -> String {
        let mapped = String(host.map { String($0).isASCIIAlphanumeric(or: punctuation) ? $0 : "-" })
        let name = mapped.drop { $0 == "." || $0 == "-" }.prefix(longest)
        return name.isEmpty ? "mailstore" : String(name)
    }
}

/// The share of the targets that one of several exporters monitors, selected by a hash of their names.
///
/// All exporters have the same configuration; exactly one of them monitors each target, always the same one as long as
/// the number of exporters does not change.
package struct Shard: Sendable, CustomStringConvertible {
    /// Counted from 1.
    private let number: Int
    /// The number of shards, at least 1.
    private let count: Int

    private static let most = 1000

    /// Parses `2/3`: the second of three.
    package init(parsing text: String) throws(InvalidValue) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1] else {
            throw InvalidValue("\(QuotedText(text)) is not a shard; write its number and the total, such as 2/3")
        }
        guard (1...Self.most).contains(count), (1...count).contains(number) else {
            throw InvalidValue(
                "\(QuotedText(text)) is not a shard; write a number from 1 to the total, which is at most \(Self.most)")
        }
        self.number = number
        self.count = count
    }

    package var description: String { "\(number)/\(count)" }

    /// Whether the target with this name belongs to this shard.
    ///
    /// The 64-bit FNV-1a hash of the name's bytes, modulo the number of shards, decides. It is the same on every
    /// machine and in every version, so that no target is monitored twice while exporters are updated one after the
    /// other.
    func takes(_ name: String) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash % UInt64(count) == UInt64(number - 1)
    }
}
