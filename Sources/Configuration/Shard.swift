package import PlainText

/// The share of the targets that one of several exporters takes: those whose names hash to it.
///
/// All exporters have the same configuration; each target is taken by exactly one of them, and by the same one for as
/// long as their number stays.
package struct Shard: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1.
    package let number: Int
    /// How many there are, at least 1.
    package let count: Int

    package static let most = 1000

    /// Reads `2/3`: the second of three.
    ///
    /// - Throws: ``InvalidValue`` where it is none.
    package init(parsing text: String) throws(InvalidValue) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1] else {
            throw InvalidValue("\(QuotedText(text)) is no shard; write its number and how many there are, such as 2/3")
        }
        guard (1...Self.most).contains(count), (1...count).contains(number) else {
            throw InvalidValue(
                "\(QuotedText(text)) is no shard; the number counts from 1 to how many there are, at most \(Self.most)")
        }
        self.number = number
        self.count = count
    }

    package var description: String { "\(number)/\(count)" }

    /// Whether this shard takes the target of that name.
    ///
    /// By FNV-1a with 64 bits of the name's bytes, modulo the number of shards: the same on every machine and in every
    /// version, so that no target is taken twice while exporters are updated one after the other.
    package func takes(_ name: String) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash % UInt64(count) == UInt64(number - 1)
    }
}

extension Configuration {
    /// The same configuration with the targets of a shard alone; there may be none.
    func restricted(to shard: Shard) -> Configuration {
        var configuration = self
        configuration.targets.removeAll { !shard.takes($0.name) }
        return configuration
    }
}
