import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem

@Suite("A function that is refused although the login works pauses alone", .timeLimit(.minutes(1)))
struct FunctionRefusalTests {
    private let bench = LoginBench()

    @Test("where another function is let in with the same login, no other function waits")
    func own() async throws {
        try await bench.call(nil)
        try await bench.call(.unauthorized, of: "GetUsers")
        // The next call of another function tries the login at once, and all go on when it works.
        try await bench.call(nil)
        #expect(await bench.backoff.isOwnRefusal(of: "GetUsers"))
        for _ in 0..<10 { try await bench.call(nil, of: "GetJobs") }
        let error = try #require(
            await #expect(throws: APIError.self) { try await bench.credentials(for: "GetUsers") })
        #expect(error.reason == .unauthorized && !error.wasSent && error.concernsFunctionAlone)
        #expect(error.description.contains("accepts the same login for other functions"))
        #expect(error.retryAfter == nil)
    }

    @Test("it is called again after pauses that double, whatever the others do")
    func pauses() async throws {
        try await bench.call(nil)
        for pause in [30, 60, 120, 240, 480, 900, 900] {
            try await bench.call(.unauthorized, of: "GetUsers")
            try await bench.call(nil)
            bench.time.advance(by: .seconds(pause) - .milliseconds(1))
            try await bench.call(nil)
            await #expect(throws: APIError.self, "after almost \(pause) s") {
                try await bench.credentials(for: "GetUsers")
            }
            bench.time.advance(by: .milliseconds(1))
        }
        try await bench.call(nil, of: "GetUsers")
        #expect(await !bench.backoff.isOwnRefusal(of: "GetUsers"))
    }

    @Test("once it is known, its refusals hold nobody up, not even for the time of one call")
    func known() async throws {
        try await bench.call(nil)
        try await bench.call(.unauthorized, of: "GetUsers")
        try await bench.call(nil)
        bench.time.advance(by: .seconds(30))
        let error = try await bench.call(.unauthorized, of: "GetUsers")
        #expect(error?.description.contains("refuses GetUsers (401)") == true)
        #expect(error?.concernsFunctionAlone == true)
        // Both get the login, although neither call has ended.
        _ = try await bench.credentials(for: "GetStores")
        _ = try await bench.credentials(for: "GetJobs")
    }

    @Test("a password that was changed on the server is tried twice at first, and then no faster than the rhythm")
    func changedOnServer() async throws {
        try await bench.call(nil)
        let start = bench.time.clock.uptime()
        var attempts: [Duration] = []
        // Every second, each of nine functions is called, and all are refused.
        while bench.time.clock.uptime() - start < .seconds(1000) {
            for number in 0..<9 {
                guard let grant = try? await bench.credentials(for: "Get\(number)") else { continue }
                attempts.append(bench.time.clock.uptime() - start)
                await bench.end(grant, .unauthorized)
            }
            bench.time.advance(by: .seconds(1))
        }
        #expect(attempts == [0, 0, 90, 210, 450, 930].map { .seconds($0) })
    }

    @Test("a login that never worked is tried by one function at a time in the rhythm of the pauses")
    func neverWorked() async throws {
        let start = bench.time.clock.uptime()
        var attempts: [Duration] = []
        while bench.time.clock.uptime() - start < .seconds(1000) {
            for number in 0..<9 {
                guard let grant = try? await bench.credentials(for: "Get\(number)") else { continue }
                attempts.append(bench.time.clock.uptime() - start)
                await bench.end(grant, .unauthorized)
            }
            bench.time.advance(by: .seconds(1))
        }
        #expect(attempts == [0, 30, 90, 210, 450, 930].map { .seconds($0) })
    }

    @Test("after the first refusal of all, functions that were not refused try the login before the one that was")
    func precedence() async throws {
        try await bench.call(.unauthorized, of: "GetServerInfo")
        let error = try #require(await #expect(throws: APIError.self) { try await bench.credentials(for: "GetJobs") })
        #expect(error.retryAfter == .seconds(30))
        bench.time.advance(by: .seconds(30))
        let first = try #require(
            await #expect(throws: APIError.self) { try await bench.credentials(for: "GetServerInfo") })
        #expect(first.retryAfter == LoginBackoff.precedence)
        try await bench.call(nil, of: "GetJobs")
        #expect(await bench.backoff.isOwnRefusal(of: "GetServerInfo"))
    }

    @Test("a function that waits alone tries the login itself")
    func alone() async throws {
        try await bench.call(.unauthorized, of: "GetServerInfo")
        bench.time.advance(by: .seconds(30))
        try await bench.call(nil, of: "GetServerInfo")
    }

    @Test("a call from before the refusal that is let in proves nothing")
    func slowCall() async throws {
        try await bench.call(nil)
        let slow = try await bench.credentials(for: "GetStores")
        try await bench.call(.unauthorized, of: "GetUsers")
        await bench.end(slow, nil)
        #expect(await !bench.backoff.isOwnRefusal(of: "GetUsers"))
        // The next call tries the login alone.
        try await bench.call(.unauthorized, of: "GetJobs")
        await #expect(throws: APIError.self) { try await bench.credentials(for: "GetStores") }
    }

    @Test("different functions that are refused together count as one refusal of the login")
    func together() async throws {
        try await bench.call(nil)
        let underWay = [
            try await bench.credentials(for: "GetUsers"), try await bench.credentials(for: "GetJobs"),
            try await bench.credentials(for: "GetStores"),
        ]
        for grant in underWay { await bench.end(grant, .unauthorized) }
        await #expect(throws: APIError.self) { try await bench.credentials(for: "GetProfiles") }
        bench.time.advance(by: .seconds(30))
        try await bench.call(nil, of: "GetProfiles")
    }

    @Test("a login that is refused later ends the knowledge about single functions")
    func refusedLater() async throws {
        try await bench.call(nil)
        try await bench.call(.unauthorized, of: "GetUsers")
        try await bench.call(nil)
        try await bench.call(.unauthorized, of: "GetStores")
        try await bench.call(.unauthorized, of: "GetJobs")
        #expect(await !bench.backoff.isOwnRefusal(of: "GetUsers"))
        for function in ["GetUsers", "GetStores", "GetJobs", "GetProfiles"] {
            let error = try #require(
                await #expect(throws: APIError.self) { try await bench.credentials(for: function) })
            #expect(!error.concernsFunctionAlone)
        }
    }

    @Test("a changed password is tried at once by a function that pauses alone")
    func changedPassword() async throws {
        try await bench.call(nil)
        try await bench.call(.unauthorized, of: "GetUsers")
        try await bench.call(nil)
        bench.password.withLock { $0 = "second" }
        let grant = try await bench.credentials(for: "GetUsers")
        #expect(grant.credentials.password == Secret("second"))
    }

    @Test("a 403 pauses nothing, and is the function's own where others are let in")
    func forbidden() async throws {
        try await bench.call(nil)
        try await bench.call(.forbidden, of: "GetUsers")
        #expect(await !bench.backoff.isOwnRefusal(of: "GetUsers"))
        try await bench.call(nil)
        let error = try await bench.call(.forbidden, of: "GetUsers")
        #expect(error?.description.contains("refuses GetUsers (403)") == true)
        #expect(await bench.backoff.isOwnRefusal(of: "GetUsers"))
        // All functions are refused: the user is no longer an administrator.
        try await bench.call(.forbidden)
        #expect(await !bench.backoff.isOwnRefusal(of: "GetUsers"))
    }
}
