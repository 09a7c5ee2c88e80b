import Testing

@testable import Exposition

@Suite("Numbers are written shortest and read back as the same number")
struct NumberTests {
    @Test(
        "a number has one text",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (9, "9"), (10, "10"), (-4711, "-4711"), (0.1, "0.1"),
            (0.25, "0.25"), (-2.5, "-2.5"), (1e6, "1000000"), (1_700_000_000, "1700000000"),
            (1_700_000_000.125, "1700000000.125"), (9_007_199_254_740_991, "9007199254740991"),
            (9_007_199_254_740_992, "9007199254740992"), (-9_007_199_254_740_992, "-9007199254740992"),
            (1e-7, "1e-07"), (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5e-324"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"), (0.1 + 0.2, "0.30000000000000004"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ] as [(Double, String)])
    func text(value: Double, expected: String) {
        #expect(Number.text(value) == expected)
    }

    @Test("every finite number reads back bit by bit")
    func roundTrip() throws {
        var generator = SplitMix(state: 42)
        for _ in 0..<50_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = Number.text(value)
            #expect(try #require(Double(text)).bitPattern == value.bitPattern, "\(text)")
            #expect(text.utf8.count <= Number.maximumLength)
        }
    }

    @Test("whole numbers of every size read back and have neither point nor exponent")
    func wholeNumbers() throws {
        var generator = SplitMix(state: 7)
        for _ in 0..<20_000 {
            let whole = Int64(bitPattern: generator.next()) >> Int64(11 + generator.next() % 53)
            #expect(Number.text(Double(whole)) == String(whole))
        }
    }
}

/// A generator that gives the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
