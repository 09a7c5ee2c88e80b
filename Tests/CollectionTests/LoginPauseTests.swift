import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("A refused login is not tried again at once", .timeLimit(.minutes(1)))
struct LoginPauseTests {
    private let bench = LoginBench()

    @Test("the pause after a refusal doubles from 30 seconds up to a quarter of an hour")
    func pauses() async throws {
        for pause in [30, 60, 120, 240, 480, 900, 900] {
            try await bench.call(.unauthorized)
            bench.time.advance(by: .seconds(pause) - .milliseconds(1))
            await #expect(throws: APIError.self, "after almost \(pause) s") { try await bench.credentials() }
            bench.time.advance(by: .milliseconds(1))
        }
        try await bench.call(nil)
    }

    @Test("a login that worked meanwhile makes the next pause short again")
    func resetBySuccess() async throws {
        try await bench.call(.unauthorized)
        bench.time.advance(by: .seconds(30))
        try await bench.call(.unauthorized)
        bench.time.advance(by: .seconds(60))
        try await bench.call(nil)
        try await bench.call(.unauthorized)
        bench.time.advance(by: .seconds(30))
        try await bench.call(nil)
    }

    @Test("a changed password is tried at once, and a refusal of it pauses anew")
    func changedPassword() async throws {
        try await bench.call(.unauthorized)
        bench.password.withLock { $0 = "second" }
        let credentials = try await bench.credentials()
        #expect(credentials.password == Secret("second"))
        await bench.end(credentials, .unauthorized)
        await #expect(throws: APIError.self) { try await bench.credentials() }
    }

    @Test("calls that are refused together count as one refusal")
    func simultaneousRefusals() async throws {
        try await bench.call(nil)
        let underWay = [
            try await bench.credentials(), try await bench.credentials(), try await bench.credentials(),
        ]
        for credentials in underWay { await bench.end(credentials, .unauthorized) }
        bench.time.advance(by: .seconds(30))
        _ = try await bench.credentials()
    }

    @Test("a late refusal of the old password does not count against the new one")
    func lateRefusal() async throws {
        try await bench.call(nil)
        let first = try await bench.credentials()
        let late = try await bench.credentials()
        await bench.end(first, .unauthorized)
        bench.password.withLock { $0 = "second" }
        try await bench.call(nil)
        await bench.end(late, .unauthorized)
        #expect(try await bench.credentials().password == Secret("second"))
    }

    @Test("a late refusal of the old password while the new one is tried lets only one call try it")
    func lateRefusalDuringTrial() async throws {
        try await bench.call(nil)
        let first = try await bench.credentials()
        let late = try await bench.credentials()
        await bench.end(first, .unauthorized)
        bench.password.withLock { $0 = "second" }
        let trial = try await bench.credentials()
        await bench.end(late, .unauthorized)
        await bench.end(trial, .unauthorized)
        // Two passwords were refused, each once: the pauses so far are 30 s and 60 s.
        bench.time.advance(by: .seconds(60))
        try await bench.call(nil)
    }

    @Test("the message says when the login is tried again, and never the password")
    func message() async throws {
        try await bench.call(.unauthorized)
        let error = try #require(await #expect(throws: APIError.self) { try await bench.credentials() })
        #expect(error.description.contains("2026-01-01T00:00:30Z"))
        #expect(!error.description.contains("first"))
    }
}
