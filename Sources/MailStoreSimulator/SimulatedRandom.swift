/// A seeded pseudo-random number generator (SplitMix64).
struct SimulatedRandom: Sendable, Equatable, RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A uniformly distributed integer.
    mutating func whole(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// True with this probability.
    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// A number within a third of the mean, randomly rounded so that small means are right on average.
    mutating func around(_ mean: Double) -> Int {
        let value = mean * (0.67 + 0.66 * unit())
        let floor = value.rounded(.down)
        return Int(floor) + (chance(value - floor) ? 1 : 0)
    }

    /// Lower-case hexadecimal digits.
    mutating func hexDigits(_ count: Int) -> String {
        var digits = ""
        for _ in 0..<count { digits += String(whole(in: 0...15), radix: 16) }
        return digits
    }
}
