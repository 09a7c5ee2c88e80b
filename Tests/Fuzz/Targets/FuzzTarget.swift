/// A function that takes any bytes, and throws where the program does not do with them what it promises.
///
/// It must give the same result for the same bytes, or a find cannot be replayed.
struct FuzzTarget: Sendable {
    /// The name of its corpus, and of `make fuzz FUZZ_TARGET=…`.
    let name: String
    let check: @Sendable (_ input: [UInt8]) throws -> Void

    static let all: [FuzzTarget] =
        json + replies + results + times + settings + web + certificates + state + texts + simulator + collection

    static func named(_ name: String) -> FuzzTarget? {
        all.first { $0.name == name }
    }

    /// The parts of an input that has several; they are separated by a byte that none of the formats contains.
    static func parts(_ input: [UInt8], atMost count: Int) -> [[UInt8]] {
        input.split(separator: 0x1E, maxSplits: count - 1, omittingEmptySubsequences: false).map(Array.init)
    }

    /// Text as the program has it: bytes that are not UTF-8 are replaced.
    static func text(_ input: [UInt8]) -> String {
        String(decoding: input, as: UTF8.self)
    }
}

/// A promise that the program does not keep.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// Throws if a promise is not kept.
func promise(_ isKept: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
    guard isKept else { throw BrokenPromise(description: what()) }
}

/// A value that the program promises to have.
func unwrap<Value>(_ value: Value?) throws(BrokenPromise) -> Value {
    guard let value else { throw BrokenPromise(description: "there is no value of type \(Value.self)") }
    return value
}
