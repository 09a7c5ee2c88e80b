/// Random numbers that are the same for the same seed (the SplitMix64 generator), so that a failure can be met again.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// Whether something happens that has this probability.
    package mutating func happens(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// A number of seconds, as many short as long: each order of magnitude is as likely as the next.
    package mutating func seconds(_ range: ClosedRange<Double>) -> Double {
        let exponent = Double.random(in: 0...1, using: &self)
        var ratio = 1.0
        // Ten bits of the exponent are plenty, and square roots spare an import for `pow`.
        var bit = 0.5
        var root = range.upperBound / range.lowerBound
        var rest = exponent
        for _ in 0..<10 {
            root.formSquareRoot()
            if rest >= bit {
                ratio *= root
                rest -= bit
            }
            bit /= 2
        }
        return (range.lowerBound * ratio).rounded()
    }

    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}
