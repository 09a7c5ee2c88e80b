import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import OperatingSystem

@Suite("A login that nobody has proved is tried by one call at a time", .timeLimit(.minutes(1)))
struct LoginBackoffTests {
    private let bench = LoginBench()

    @Test("calls wait while one tries the login, and all go on when it works")
    func waiting() async throws {
        let granted = Locked<[LoginGrant]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [bench] in
                    let credentials = try await bench.credentials()
                    granted.withLock { $0.append(credentials) }
                }
            }
            await eventually { !granted.withLock { $0.isEmpty } }
            for _ in 0..<200 { await Task.yield() }
            let first = granted.withLock { $0 }
            #expect(first.map(\.credentials) == [Credentials(username: "admin", password: Secret("first"))])
            await bench.end(first[0], nil)
            try await group.waitForAll()
        }
        #expect(granted.withLock { $0.count } == 8)
    }

    @Test("calls that waited for a login that is refused fail unsent")
    func waitersOfARefusedLogin() async throws {
        let probe = try await bench.credentials()
        await withTaskGroup(of: APIError?.self) { group in
            for _ in 0..<4 {
                group.addTask { [bench] in
                    do throws(APIError) {
                        _ = try await bench.credentials()
                        return nil
                    } catch { return error }
                }
            }
            for _ in 0..<200 { await Task.yield() }
            await bench.end(probe, .unauthorized)
            for await error in group {
                #expect(error?.reason == .unauthorized)
                #expect(error?.wasSent == false)
                #expect(error?.description.contains("so that the account is not locked") == true)
            }
        }
    }

    @Test(
        "an error that says nothing of the login leaves it untried",
        arguments: [
            APIError.Reason.dns, .connect, .tls, .timeout, .forbidden, .httpStatus, .badReply, .tooLarge, .cancelled,
        ])
    func otherErrors(reason: APIError.Reason) async throws {
        let probe = try await bench.credentials()
        async let waiting = bench.credentials()
        for _ in 0..<50 { await Task.yield() }
        await bench.end(probe, reason)
        // Whoever waited tries the login next, so the one after that waits again.
        let second = try await waiting
        let third = Locked(false)
        let last = Task { [bench] in
            _ = try await bench.credentials()
            third.withLock { $0 = true }
        }
        for _ in 0..<200 { await Task.yield() }
        #expect(third.withLock { $0 } == false)
        await bench.end(second, nil)
        try await last.value
    }

    @Test("an error of the function proves the login all the same")
    func apiError() async throws {
        try await bench.call(.apiError)
        // Nobody has to wait: both have the login at once.
        _ = try await bench.credentials()
        _ = try await bench.credentials()
    }

    @Test("a call that is cancelled while it tries the login frees those that wait")
    func cancelledProbe() async throws {
        let server = FakeServer(time: bench.time)
        let gate = Latch()
        server.answer(.getServerInfo, .result("{}").behind(gate), .result("{}"))
        let clock = ServerClock(localZone: nil, clock: bench.time.clock)
        let client = APIClient(
            transport: server, login: bench.backoff, limiter: CallLimiter(limit: 4),
            observer: TargetStatistics(functions: [], server: clock, clock: bench.time.clock),
            clock: bench.time.clock)
        let deadline = Deadline(after: .seconds(30), clock: bench.time.clock)
        let probe = Task { try await client.invoke(.getServerInfo, as: ServerInfo.self, by: deadline) }
        await eventually { gate.arrivals == 1 }
        async let waiting = client.invoke(.getServerInfo, as: ServerInfo.self, by: deadline)
        for _ in 0..<50 { await Task.yield() }
        probe.cancel()
        await #expect(throws: APIError.self) { try await probe.value }
        _ = try await waiting
        #expect(server.calls.count == 2)
    }

    @Test("an unreadable password is told, and the login is tried when it can be read")
    func unreadablePassword() async throws {
        bench.password.withLock { $0 = nil }
        let error = try #require(await #expect(throws: APIError.self) { try await bench.credentials() })
        #expect(error.reason == .unauthorized)
        #expect(!error.wasSent)
        #expect(error.description == "GetStores was not called: the password file cannot be used")
        bench.password.withLock { $0 = "second" }
        #expect(try await bench.credentials().credentials.password == Secret("second"))
    }
}

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
        #expect(credentials.credentials.password == Secret("second"))
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
        #expect(try await bench.credentials().credentials.password == Secret("second"))
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

/// A backoff of logins whose password a test can change; `nil` makes it unreadable.
struct LoginBench {
    let time = ManualTime()
    let password = Locked<String?>("first")
    let backoff: LoginBackoff

    init() {
        let password = password
        backoff = LoginBackoff(username: "admin", clock: time.clock) { () throws(PasswordError) in
            guard let text = password.withLock({ $0 }) else {
                throw PasswordError("the password file cannot be used")
            }
            return Secret(text)
        }
    }

    func credentials(for function: String = "GetStores") async throws(APIError) -> LoginGrant {
        try await backoff.credentials(for: function)
    }

    /// One whole call: asks for the login and tells how it ended.
    @discardableResult
    func call(_ reason: APIError.Reason?, of function: String = "GetStores") async throws(APIError) -> APIError? {
        await end(try await credentials(for: function), reason)
    }

    @discardableResult
    func end(_ grant: LoginGrant, _ reason: APIError.Reason?) async -> APIError? {
        guard let reason else {
            await backoff.accepted(grant)
            return nil
        }
        let status = [.unauthorized: 401, .forbidden: 403][reason]
        let error = APIError(reason, function: grant.function, description: "it failed", httpStatus: status)
        return await backoff.failed(grant, with: error)
    }
}
