import Testing

@testable import MailStoreSimulator

@Suite("Long-running processes")
struct LongProcessTests {
    /// A server with one store, number 11 as in the documentation, that verifies 400 messages a second.
    static func bench(messages: Int = 1000, _ change: (inout SimulatorOptions) -> Void = { _ in }) -> Bench {
        let bench = Bench {
            $0.isAlive = false
            $0.messagesVerifiedPerSecond = 400
            change(&$0)
        }
        bench.core.world.stores = [SimulatedStore(id: 11, name: "Archiv", messages: messages)]
        return bench
    }

    static func start(_ bench: Bench) -> SimulatedEnvelope {
        bench.invoke("VerifyStore", ["id": "11", "includeIndexes": "false"])
    }

    @Test("a verification starts with the documented lines and version")
    func begin() {
        let bench = Self.bench()
        let envelope = Self.start(bench)
        #expect(envelope.statusCode == "running")
        #expect(envelope.token?.count == 32)
        #expect(envelope.token?.allSatisfy { $0.isHexDigit && !$0.isUppercase } == true)
        #expect(envelope.statusVersion == 3)
        #expect(envelope.percentProgress == 0)
        #expect(
            envelope.logOutput
                == "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n")
    }

    @Test("it continues as documented and ends without a token")
    func life() throws {
        let bench = Self.bench()
        let token = try #require(Self.start(bench).token)
        bench.real += 1.5
        let middle = try #require(bench.reply("/api/get-status", Self.poll(token, known: 3))?.parsed)
        #expect(middle["statusVersion"] as? Int == 9)
        #expect(middle["token"] as? String == token)
        #expect(middle["percentProgress"] as? Int == 0)
        #expect(middle["logOutput"] as? String == "  400 messages verified...\r\n")
        bench.real += 600
        let end = try #require(bench.reply("/api/get-status", Self.poll(token, known: 9))?.parsed)
        #expect(end["statusCode"] as? String == "succeeded")
        #expect(end["token"] is String == false)
        #expect(end["percentProgress"] is Int == false)
        #expect(end["logOutput"] as? String == "  800 messages verified...\r\n")
        #expect((end["statusVersion"] as? Int ?? 0) > 9)
    }

    @Test("an empty store is verified too")
    func emptyStore() {
        let bench = Self.bench(messages: 0)
        let token = Self.start(bench).token ?? ""
        bench.real += 1
        let end = bench.reply("/api/get-status", Self.poll(token, known: 3))?.parsed
        #expect(end?["statusCode"] as? String == "succeeded")
        #expect(end?["logOutput"] is String == false)
    }

    @Test("a poll waits for a newer status")
    func longPoll() throws {
        let bench = Self.bench()
        let token = try #require(Self.start(bench).token)
        guard case .wait(let pending) = bench.send("/api/get-status", Self.poll(token, known: 3)) else {
            Issue.record("the poll was answered at once")
            return
        }
        #expect(pending.due == bench.real + 5)
        guard case .wait = bench.core.resume(pending, at: bench.real + 0.9) else {
            Issue.record("the poll was answered before there was news")
            return
        }
        guard case .reply(let reply) = bench.core.resume(pending, at: bench.real + 1.1) else {
            Issue.record("the poll was not answered although there was news")
            return
        }
        #expect(reply.parsed?["statusVersion"] as? Int == 9)
        #expect(bench.core.log.records.last?.status == 200)
    }

    @Test("a poll that times out repeats the last status")
    func repeated() throws {
        let bench = Self.bench { $0.speed = 0 }
        let first = Self.start(bench)
        let token = try #require(first.token)
        guard case .wait(let pending) = bench.send("/api/get-status", Self.poll(token, known: 3)) else {
            Issue.record("the poll was answered at once")
            return
        }
        guard case .reply(let reply) = bench.core.resume(pending, at: pending.due) else {
            Issue.record("the poll was not answered when its time was over")
            return
        }
        #expect(reply.parsed?["statusVersion"] as? Int == 3)
        #expect(reply.parsed?["logOutput"] as? String == first.logOutput)
    }

    @Test("a client that knows no version gets the whole log")
    func wholeLog() throws {
        let bench = Self.bench()
        let token = try #require(Self.start(bench).token)
        bench.real += 60
        let parsed = bench.reply("/api/get-status", Self.poll(token, known: 0))?.parsed
        let log = try #require(parsed?["logOutput"] as? String)
        #expect(log.hasPrefix("Verifying file group #11...\r\n"))
        #expect(log.hasSuffix("  800 messages verified...\r\n"))
    }

    @Test("consecutive polls get every line once")
    func incremental() throws {
        let bench = Self.bench(messages: 20_000)
        var envelope = Self.start(bench)
        let token = try #require(envelope.token)
        var log = envelope.logOutput ?? ""
        while envelope.statusCode == "running" {
            bench.real += 3.3
            bench.core.advance(to: bench.real)
            var process = try #require(bench.core.processes[token])
            let next = process.status(
                at: bench.core.world.now, newerThan: envelope.statusVersion, quirks: bench.core.options.quirks)
            envelope = try #require(next)
            log += envelope.logOutput ?? ""
        }
        let lines = log.split(separator: "\r\n")
        #expect(lines.count == 52)
        #expect(lines.last == "  20000 messages verified...")
        #expect(Set(lines).count == lines.count)
    }

    @Test("versions always grow", arguments: [true, false])
    func versions(jumps: Bool) throws {
        let bench = Self.bench(messages: 100_000) { $0.quirks.statusVersionJumps = jumps }
        let token = try #require(Self.start(bench).token)
        var process = try #require(bench.core.processes[token])
        var known = -1
        for second in 0...251 {
            let status = process.status(
                at: process.begin + Double(second), newerThan: known, quirks: bench.core.options.quirks)
            #expect((status?.statusVersion ?? 0) > known)
            known = status?.statusVersion ?? known
        }
        #expect(jumps ? known > 1000 : known == 253)
    }

    @Test("an unknown token is not found", arguments: ["get-status", "cancel-async"])
    func unknownToken(path: String) {
        let bench = Self.bench()
        #expect(bench.reply("/api/\(path)", Self.poll("00", known: 0))?.status == 404)
    }

    @Test(
        "all arguments of get-status are mandatory",
        arguments: [
            ("lastKnownStatusVersion=0&millisecondsTimeout=0", "token"),
            ("token=a&millisecondsTimeout=0", "lastKnownStatusVersion"),
            ("token=a&lastKnownStatusVersion=0", "millisecondsTimeout"),
        ])
    func mandatory(form: String, name: String) {
        let bench = Self.bench()
        let error = bench.reply("/api/get-status", form)?.parsed?["error"] as? [String: Any]
        #expect(error?["message"] as? String == "Missing API argument \(name).")
    }

    static func poll(_ token: String, known: Int, wait: Int = 5000) -> String {
        "token=\(token)&lastKnownStatusVersion=\(known)&millisecondsTimeout=\(wait)"
    }
}
