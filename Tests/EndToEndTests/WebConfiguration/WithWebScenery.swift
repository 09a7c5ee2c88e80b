import Testing

/// Makes one scenery for all tests of a suite, which goes with the last of them.
struct WithWebScenery: SuiteTrait, TestScoping {
    @TaskLocal private static var made: WebScenery?

    static var scenery: WebScenery {
        get throws { try #require(made) }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let scenery = try await WebScenery()
        try await Self.$made.withValue(scenery) { try await function() }
    }
}
