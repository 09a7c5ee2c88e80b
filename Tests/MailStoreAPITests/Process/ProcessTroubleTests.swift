import MailStoreAPI
import TestSupport
import Testing

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
        let gate = Gate()
        let fixture = ClientFixture(Self.end.behind(gate))
        let events = Task { await fixture.client.events(of: Self.process).summaries() }
        await eventually { gate.arrivals == 1 }
        events.cancel()
        #expect(await events.value == ["status 9"])
        #expect(fixture.transport.requests.map(\.path) == ["/api/get-status"])
    }
}
