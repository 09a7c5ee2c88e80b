import Testing

@testable import MailStoreSimulator

@Suite("How long-running processes end")
struct ProcessEndingsTests {
    /// The status long after the planned end of the process.
    static func end(_ bench: Bench, of token: String) -> [String: Any]? {
        bench.real += 3600
        return bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.parsed as? [String: Any]
    }

    @Test("a damaged store fails, and the log says how much is damaged")
    func damage() throws {
        let bench = LongProcessTests.bench()
        bench.core.world.stores[0].damagedMessages = 40
        let token = try #require(LongProcessTests.start(bench).token)
        let end = try #require(Self.end(bench, of: token))
        #expect(end["statusCode"] as? String == "failed")
        #expect((end["error"] as? [String: Any])?["message"] as? String == "40 errors have been found.")
        #expect((end["logOutput"] as? String)?.hasSuffix("40 errors have been found (see above).\r\n") == true)
    }

    @Test("a damaged store can also succeed, with the damage only in the log")
    func damageInLog() throws {
        let bench = LongProcessTests.bench { $0.quirks.damageOutcome = .succeededWithLog }
        bench.core.world.stores[0].damagedMessages = 2
        let token = try #require(LongProcessTests.start(bench).token)
        let end = try #require(Self.end(bench, of: token))
        #expect(end["statusCode"] as? String == "succeeded")
        #expect((end["logOutput"] as? String)?.contains("2 errors have been found") == true)
    }

    @Test("old servers repeat the token at the end")
    func finalToken() throws {
        let bench = LongProcessTests.bench { $0.oldServer = true }
        let token = try #require(bench.invoke("VerifyStore", ["id": "11"]).token)
        #expect(Self.end(bench, of: token)?["token"] as? String == token)
    }

    @Test("a cancelled process continues for a while and ends as cancelled")
    func cancelled() throws {
        let bench = LongProcessTests.bench(messages: 100_000)
        let token = try #require(LongProcessTests.start(bench).token)
        bench.real += 2.5
        #expect(bench.reply("/api/cancel-async", "token=\(token)")?.status == 200)
        let soon = bench.reply("/api/get-status", LongProcessTests.poll(token, known: 0))?.parsed
        #expect(soon?["statusCode"] as? String == "running")
        let end = try #require(Self.end(bench, of: token))
        #expect(end["statusCode"] as? String == "cancelled")
        #expect((end["logOutput"] as? String)?.hasSuffix("  1200 messages verified...\r\n") == true)
    }

    @Test("a process that has ended cannot be cancelled any more")
    func cancelledTooLate() throws {
        let bench = LongProcessTests.bench()
        let token = try #require(LongProcessTests.start(bench).token)
        bench.real += 60
        _ = bench.reply("/api/cancel-async", "token=\(token)")
        let end = bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.parsed
        #expect(end?["statusCode"] as? String == "succeeded")
    }

    @Test("a token stays valid while it is polled, and expires afterwards")
    func memory() throws {
        let bench = LongProcessTests.bench { $0.speed = 3600 }
        let token = try #require(LongProcessTests.start(bench).token)
        bench.real += ProcessTable.tokenLifetime - 1
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.status == 200)
        bench.real += ProcessTable.tokenLifetime - 1
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.status == 200)
        bench.real += ProcessTable.tokenLifetime + 1
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.status == 404)
    }

    @Test("a restart makes the server forget tokens and sessions")
    func restart() throws {
        let bench = LongProcessTests.bench()
        let token = try #require(LongProcessTests.start(bench).token)
        bench.core.world.sessions = [SimulatedSession(id: 1, userName: "a", client: "b", since: 0)]
        bench.core.restart()
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 3))?.status == 404)
        #expect(bench.core.world.sessions.isEmpty)
    }

    @Test("any function can answer as a process", arguments: ["GetStores", "*"])
    func anyFunction(name: String) throws {
        let bench = LongProcessTests.bench { $0.quirks.runningFunctions = [name] }
        let first = bench.invoke("GetStores")
        #expect(first.statusCode == "running")
        #expect(first.result == .null)
        let token = try #require(first.token)
        let end = try #require(Self.end(bench, of: token))
        #expect(end["statusCode"] as? String == "succeeded")
        #expect((end["result"] as? [Any])?.count == 1)
    }

    @Test("VerifyStores verifies all stores, one after the other")
    func allStores() throws {
        let bench = LongProcessTests.bench()
        bench.core.world.add(SimulatedStore(id: 12, name: "Zweiter", messages: 400))
        let first = bench.invoke("VerifyStores", ["includeIndexes": "true"])
        let token = try #require(first.token)
        let end = try #require(Self.end(bench, of: token))
        let log = (first.logOutput ?? "") + (end["logOutput"] as? String ?? "")
        #expect(
            log == """
                Verifying file group #11...\r
                Creating a list of messages to be verified...\r
                  400 messages verified...\r
                  800 messages verified...\r
                Verifying file group #12...\r
                Creating a list of messages to be verified...\r
                  400 messages verified...\r\n
                """)
    }

    @Test("a manual run of a profile is listed when it has ended")
    func runProfile() throws {
        let bench = Bench { $0.isAlive = false }
        let first = bench.invoke("RunProfile", ["id": "5"])
        #expect(first.statusCode == "running")
        #expect(bench.invoke("RunProfile", ["id": "5"]).error != nil)
        let token = try #require(first.token)
        let end = try #require(Self.end(bench, of: token))
        #expect(end["statusCode"] as? String == "succeeded")
        #expect(bench.core.world.profileRuns.map(\.profileId) == [5])
    }
}
