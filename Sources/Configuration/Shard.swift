package import PlainText

/// The share of the targets that one of several exporters monitors, selected by a hash of their names.
///
/// All exporters have the same targets in their configuration, and exactly one of them monitors each. The hash is
/// rendezvous hashing, so another shard takes targets over from all others alike, and none move between these. It is
/// specified in `docs/scaling.md`, "Which target belongs to which shard".
package struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1.
    package let number: Int
    /// The number of shards, at least 1.
    package let count: Int

    private static let most = 1000

    /// Parses `2/3`: the second of three.
    package init(parsing text: String) throws(InvalidValue) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1] else {
            throw InvalidValue("\(QuotedText(text)) is not a shard; write its number and the total, such as 2/3")
        }
        guard (1...Self.most).contains(count), (1...count).contains(number) else {
            throw InvalidValue(
                "\(QuotedText(text)) is not a shard; write a number from 1 to the total, which is at most "
                    + "\(Self.most): the first of three is 1/3, the last one 3/3")
        }
        self.init(number: number, of: count)
    }

    private init(number: Int, of count: Int) {
        self.number = number
        self.count = count
    }

    package var description: String { "\(number)/\(count)" }

    /// Whether the target with this name belongs to this shard.
    func takes(_ name: String) -> Bool { owner(of: name).number == number }

    /// The shard to which the target with this name belongs, among as many shards.
    ///
    /// It is the same on every machine and in every version, so that no target is monitored twice while exporters are
    /// updated one after the other.
    package func owner(of name: String) -> Shard {
        let seed = Self.hash(name)
        var best = (number: 1, weight: Self.weight(of: 1, seed: seed))
        for number in 1...count {
            let weight = Self.weight(of: number, seed: seed)
            if weight > best.weight { best = (number, weight) }
        }
        return Shard(number: best.number, of: count)
    }

    /// The 64-bit FNV-1a hash of the name's bytes.
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The value of SplitMix64 with this seed and this position, counted from 1.
    private static func weight(of number: Int, seed: UInt64) -> UInt64 {
        var value = seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// The share of one exporter, and what the others have.
package struct Sharding: Sendable, Equatable {
    package let shard: Shard
    /// The names of the targets that belong to other shards.
    package let others: Set<String>

    /// Takes the targets of other shards away.
    init(_ shard: Shard, of targets: inout [TargetConfiguration]) {
        self.shard = shard
        others = Set(targets.map(\.name).filter { !shard.takes($0) })
        targets.removeAll { [others] in others.contains($0.name) }
    }
}
