import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem

@Suite("A login that nobody has proved is tried by one call at a time", .timeLimit(.minutes(1)))
struct LoginBackoffTests {
    private let bench = LoginBench()

    @Test("calls wait while one tries the login, and all go on when it works")
    func waiting() async throws {
        let granted = Locked<[Credentials]>([])
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
            #expect(first == [Credentials(username: "admin", password: Secret("first"))])
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
        let gate = Gate()
        server.answer(.getServerInfo, .result("{}").behind(gate), .result("{}"))
        let clock = ServerClock(localZone: nil, clock: bench.time.clock)
        let client = APIClient(
            transport: server, login: bench.keeper, limiter: CallLimiter(limit: 4),
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
        #expect(try await bench.credentials().password == Secret("second"))
    }
}
