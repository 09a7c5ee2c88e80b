/// A set of small numbers, from 0 to 63, that finds its members in order.
struct NumberSet: Sendable, Hashable {
    var bits: UInt64 = 0

    init(bits: UInt64 = 0) {
        self.bits = bits
    }

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    var count: Int { bits.nonzeroBitCount }
    var first: Int? { next(from: 0) }
    var last: Int? { bits == 0 ? nil : 63 - bits.leadingZeroBitCount }

    func contains(_ number: Int) -> Bool { (0...63).contains(number) && bits & (1 << UInt64(number)) != 0 }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    /// The smallest member that is `number` or more.
    func next(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = bits & (UInt64.max << UInt64(max(0, number)))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The members in order.
    var members: [Int] { (0...63).filter(contains) }

    /// The longest step from one member to the next; 0 where there are fewer than two.
    var longestStep: Int { zip(members, members.dropFirst()).map { $1 - $0 }.max() ?? 0 }
}
