import MailStoreAPI
import TestSupport
import Testing

@Suite("The events of a process", .timeLimit(.minutes(1)))
struct ProcessEventsTests {
    private static func status(_ version: Int64, log: String? = nil) -> String {
        let text = log.map { "\"\($0)\"" } ?? "null"
        return #"{"token": "t0", "statusVersion": \#(version), "statusCode": "running", "logOutput": \#(text)}"#
    }

    private static func ended(_ state: String, version: Int64 = 269) -> ScriptedTransport.Answer {
        .reply(#"{"error": null, "token": null, "statusVersion": \#(version), "statusCode": "\#(state)"}"#)
    }

    @Test("are those of the documented exchange, and each poll names the version that is known")
    func seed() async throws {
        let fixture = ClientFixture(
            .reply(String(decoding: SeedReplies.verificationGoesOn, as: UTF8.self)),
            .reply(String(decoding: SeedReplies.verificationEnds, as: UTF8.self)))
        let process = try #require(try LongRunningProcess(try APIReply(reply: SeedReplies.verificationBegins)))
        #expect(
            await fixture.client.events(of: process).summaries() == [
                "log Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n", "status 3",
                "log   400 messages verified...\r\n", "status 9", "status 9", "ended succeeded",
            ])
        let token = "token=b3af0ebae4dd755d1a54b9756817baee"
        let requests = fixture.transport.requests
        #expect(requests.map(\.path) == ["/api/get-status", "/api/get-status"])
        #expect(
            requests.map(\.text) == [
                "\(token)&lastKnownStatusVersion=3&millisecondsTimeout=5000",
                "\(token)&lastKnownStatusVersion=9&millisecondsTimeout=5000",
            ])
        // The hold of 5 s must end first.
        #expect(requests.allSatisfy { $0.timeout == .seconds(20) })
        #expect(fixture.observer.records.map(\.function) == ["get-status", "get-status"])
        #expect(fixture.observer.failures.isEmpty)
    }

    @Test("hold a log only where the version has grown")
    func repeatedStatus() async {
        let time = ManualTime()
        let fixture = ClientFixture(
            .reply(Self.status(9, log: "a")),
            .reply(Self.status(9, log: "a")).taking(.seconds(5), on: time),
            .reply(Self.status(5, log: "older")).taking(.seconds(5), on: time),
            .reply(Self.status(10, log: "b")).taking(.seconds(5), on: time), Self.ended("succeeded"), time: time)
        let events = await fixture.client.events(of: LongRunningProcess(resuming: "t0", statusVersion: 3)).summaries()
        #expect(
            events == [
                "status 3", "log a", "status 9", "status 9", "status 9", "log b", "status 10", "status 10",
                "ended succeeded",
            ])
    }

    @Test("of a process that was started earlier begin with the version that is known of it")
    func resumed() async {
        let fixture = ClientFixture(Self.ended("succeeded", version: 80))
        let events = await fixture.client.events(of: LongRunningProcess(resuming: "ab", statusVersion: 77)).summaries()
        #expect(events == ["status 77", "status 77", "ended succeeded"])
        #expect(
            fixture.transport.requests.map(\.text) == ["token=ab&lastKnownStatusVersion=77&millisecondsTimeout=5000"])
    }

    @Test("wait a second where the server answers at once without news")
    func paused() async {
        let fixture = ClientFixture(.reply(Self.status(3)), Self.ended("succeeded"))
        async let events = fixture.client.events(of: LongRunningProcess(resuming: "t0", statusVersion: 3)).summaries()
        await fixture.time.waitForSleepers(1)
        fixture.time.advance(by: .milliseconds(999))
        #expect(fixture.time.sleeperCount == 1)
        #expect(fixture.transport.requests.count == 1)
        fixture.time.advance(by: .milliseconds(1))
        #expect(await events.last == "ended succeeded")
    }

    @Test(
        "end with the state word as it came",
        arguments: [
            ("succeeded", true), ("failed", false), ("cancelled", false), ("Half Done", false), ("Succeeded", true),
        ])
    func states(state: String, isSuccess: Bool) async throws {
        let fixture = ClientFixture(Self.ended(state))
        let end = try #require(await lastEnd(fixture))
        #expect(end.state == state)
        #expect(end.isSuccess == isSuccess)
        #expect(end.error == nil)
    }

    @Test("end as failed where the reply holds an error structure, and the failure is counted")
    func errorStructure() async throws {
        let fixture = ClientFixture(
            .reply(Replies.failed(message: "The disk is gone.", details: "System.IO.IOException: The disk is gone.")))
        let end = try #require(await lastEnd(fixture))
        #expect(end.state == "failed")
        #expect(!end.isSuccess)
        #expect(end.error?.message == "The disk is gone.")
        #expect(fixture.observer.failures.map(\.exception) == ["System.IO.IOException"])
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("end without success where a reply says succeeded and holds an error")
    func contradiction() async throws {
        let fixture = ClientFixture(
            .reply(#"{"error": {"message": "no", "details": "X: no"}, "statusVersion": 9, "statusCode": "succeeded"}"#))
        #expect(try #require(await lastEnd(fixture)).isSuccess == false)
    }

    @Test("end without a reply where the server no longer knows the token")
    func lost() async throws {
        let fixture = ClientFixture(.reply(Self.status(9, log: "a")), .reply("", status: 404))
        let end = try #require(await lastEnd(fixture))
        #expect(end.envelope == nil)
        #expect(end.state == "lost")
        #expect(!end.isSuccess)
        #expect(fixture.transport.requests.count == 2)
    }

    @Test("are over after the end")
    func nothingAfterTheEnd() async {
        let fixture = ClientFixture(Self.ended("succeeded"))
        var iterator = fixture.client.events(of: LongRunningProcess(resuming: "t0")).makeAsyncIterator()
        while let event = await iterator.next() {
            if case .ended = event { break }
        }
        #expect(await iterator.next() == nil)
        #expect(await iterator.next() == nil)
        #expect(fixture.transport.requests.count == 1)
    }

    private func lastEnd(_ fixture: ClientFixture) async -> ProcessEnd? {
        var last: ProcessEvent?
        for await event in fixture.client.events(of: LongRunningProcess(resuming: "t0", statusVersion: 3)) {
            last = event
        }
        if case .ended(let end) = last { return end }
        return nil
    }
}

@Suite("A process whose server is in trouble", .timeLimit(.minutes(1)))
struct ProcessTroubleTests {
    private typealias Answer = ScriptedTransport.Answer

    private static let process = LongRunningProcess(resuming: "t0", statusVersion: 9)
    private static let end = Answer.reply(#"{"statusVersion": 10, "statusCode": "succeeded", "logOutput": "z"}"#)
    private static let refusal = Answer.failure(TransportError(kind: .connect, description: "refused"))

    @Test(
        "is not given up",
        arguments: [
            ("dns", Answer.failure(TransportError(kind: .dns, description: "no such host"))),
            ("connect", refusal),
            ("tls", Answer.failure(TransportError(kind: .tls, description: "no trust"))),
            ("timeout", Answer.failure(TransportError(kind: .timeout, description: "too late"))),
            ("bad_reply", Answer.failure(TransportError(kind: .truncated, description: "cut off"))),
            ("too_large", Answer.failure(TransportError(kind: .tooLarge, description: "too large"))),
            ("bad_reply", Answer.reply("<html>maintenance</html>")), ("bad_reply", Answer.reply("{}")),
            ("unauthorized", Answer.reply("", status: 401)), ("forbidden", Answer.reply("", status: 403)),
            ("http_status", Answer.reply("", status: 500)), ("http_status", Answer.reply("", status: 503)),
        ])
    func retried(reason: String, answer: ScriptedTransport.Answer) async {
        let fixture = ClientFixture(answer, Self.end)
        async let events = fixture.client.events(of: Self.process).summaries()
        await fixture.time.waitForSleepers(1)
        fixture.time.advance(by: .seconds(1))
        #expect(
            await events == [
                "status 9", "trouble \(reason), again after 1.0 seconds", "log z", "status 9", "ended succeeded",
            ])
        #expect(
            fixture.transport.requests.map(\.text)
                == Array(repeating: "token=t0&lastKnownStatusVersion=9&millisecondsTimeout=5000", count: 2))
    }

    @Test("is asked about after pauses that double up to a minute, and from a second on after the next answer")
    func pauses() async {
        let fixture = ClientFixture(
            Self.refusal, Self.refusal, Self.refusal, Self.refusal, Self.refusal, Self.refusal, Self.refusal,
            Self.refusal, .reply(#"{"token": "t0", "statusVersion": 10, "statusCode": "running"}"#), Self.refusal,
            Self.end)
        async let events = fixture.client.events(of: Self.process).summaries()
        for (count, pause) in [1, 2, 4, 8, 16, 32, 60, 60].enumerated() {
            await fixture.time.waitForSleepers(1)
            #expect(fixture.transport.requests.count == count + 1)
            fixture.time.advance(by: .seconds(pause) - .milliseconds(1))
            #expect(fixture.time.sleeperCount == 1, "no sooner than after \(pause) s")
            fixture.time.advance(by: .milliseconds(1))
        }
        await fixture.time.waitForSleepers(1)
        #expect(fixture.transport.requests.count == 10)
        fixture.time.advance(by: .seconds(1))
        #expect(await events.last == "ended succeeded")
        #expect(fixture.transport.answersLeft == 0)
    }

    @Test("is left alone when the task is cancelled during a pause")
    func cancelledPause() async {
        let fixture = ClientFixture(Self.refusal)
        let events = Task { await fixture.client.events(of: Self.process).summaries() }
        await fixture.time.waitForSleepers(1)
        events.cancel()
        #expect(await events.value == ["status 9", "trouble connect, again after 1.0 seconds"])
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("is left alone when the task is cancelled during a poll, which is no trouble")
    func cancelledPoll() async {
        let gate = Latch()
        let fixture = ClientFixture(Self.end.behind(gate))
        let events = Task { await fixture.client.events(of: Self.process).summaries() }
        await eventually { gate.arrivals == 1 }
        events.cancel()
        #expect(await events.value == ["status 9"])
        #expect(fixture.transport.requests.map(\.path) == ["/api/get-status"])
    }
}

extension ProcessEvent {
    /// The event in a few words, for comparisons.
    var summary: String {
        switch self {
        case .status(let process): "status \(process.statusVersion)"
        case .log(let text): "log \(text)"
        case .trouble(let error, let pause): "trouble \(error.reason.rawValue), again after \(pause)"
        case .ended(let end): "ended \(end.state)"
        }
    }
}

extension ProcessEvents {
    /// All events to the end, in a few words each.
    func summaries() async -> [String] {
        var summaries: [String] = []
        for await event in self { summaries.append(event.summary) }
        return summaries
    }
}
