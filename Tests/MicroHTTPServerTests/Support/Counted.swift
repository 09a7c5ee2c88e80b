@testable import MicroHTTPServer

/// Counts the responses and bodies that a test makes, apart from those of tests that run beside it.
struct Counted {
    private let count = LiveCount()

    var live: Int { count.value }

    func make(_ response: () -> Response) -> Response {
        LiveCount.$current.withValue(count, operation: response)
    }
}

/// Bytes in which every position differs from its neighbours and from the same position of another seed.
func pattern(_ size: Int, seed: Int) -> [UInt8] {
    var state = UInt32(truncatingIfNeeded: seed &* 7919 &+ 1)
    return (0..<size).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}
