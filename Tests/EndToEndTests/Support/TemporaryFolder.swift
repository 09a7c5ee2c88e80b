import TestSupport

typealias TemporaryFolder = TestSupport.TemporaryFolder

/// Something that a test needs did not work.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
