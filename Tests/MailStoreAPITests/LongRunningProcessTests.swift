import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("A long-running process")
struct LongRunningProcessTests {
    private static func begun(_ reply: String = Replies.running(version: 3)) throws -> LongRunningProcess {
        try #require(try LongRunningProcess(try APIReply(reply)))
    }

    @Test("follows the documented exchange from its beginning to its end")
    func seed() throws {
        var process = try #require(try LongRunningProcess(try APIReply(reply: SeedReplies.verificationBegins)))
        #expect(process.token == "b3af0ebae4dd755d1a54b9756817baee")
        #expect(process.progress == nil)
        #expect(
            String(decoding: FormField.encode(process.statusQuery(within: .seconds(3600))), as: UTF8.self)
                == "token=b3af0ebae4dd755d1a54b9756817baee&lastKnownStatusVersion=3&millisecondsTimeout=5000")

        let second = process.received(try APIReply(reply: SeedReplies.verificationGoesOn), after: .seconds(1))
        #expect(second.pause == .zero)
        #expect(process.statusQuery(within: .seconds(3600))[1] == FormField("lastKnownStatusVersion", Int64(9)))

        let end = process.received(try APIReply(reply: SeedReplies.verificationEnds), after: .seconds(1)).end
        #expect(end?.statusCode == .succeeded)
        #expect(end?.statusVersion == 269)
    }

    @Test("a call that is over at once begins none", arguments: ["succeeded", "failed", "cancelled", "", "anything"])
    func none(state: String) throws {
        let process = try LongRunningProcess(try APIReply(#"{"statusCode": "\#(state)", "token": "t"}"#))
        #expect(process == nil)
    }

    @Test(
        "one without a token cannot be followed",
        arguments: [
            #"{"statusCode": "running"}"#, #"{"statusCode": "running", "token": null}"#,
            #"{"statusCode": "running", "token": ""}"#,
        ])
    func noToken(reply: String) throws {
        let envelope = try APIReply(reply)
        let error = #expect(throws: JSONError.self) { try LongRunningProcess(envelope) }
        #expect(error?.path == "token")
        #expect(error?.problem == "the call still runs on the server, but the reply has no token to ask for its result")
    }

    @Test("versions jump forward; an older or a missing one does not lead back")
    func versions() throws {
        var process = try Self.begun()
        for (reply, version) in [
            (Replies.running(version: 9), 9), (Replies.running(version: 269), 269), (Replies.running(version: 5), 269),
            (#"{"statusCode": "running"}"#, 269), (Replies.running(version: .min), 269),
            (Replies.running(version: .max), .max), (Replies.running(version: .max), .max),
        ] as [(String, Int64)] {
            _ = process.received(try APIReply(reply), after: .zero)
            #expect(process.statusVersion == version)
        }
    }

    @Test("one that begins without a version is asked for from the first")
    func noVersion() throws {
        let process = try Self.begun(#"{"statusCode": "running", "token": "t"}"#)
        #expect(process.statusQuery(within: .seconds(60))[1] == FormField("lastKnownStatusVersion", Int64(0)))
    }

    @Test(
        "polls follow one another at once, unless the server neither holds them nor has news",
        arguments: [
            (4, 0, 0), (4, 5000, 0), (3, 5000, 0), (3, 2500, 0), (3, 2499, 1), (3, 0, 1), (2, 0, 1), (2, 5001, 0),
        ] as [(Int64, Int, Int)])
    func floodGuard(version: Int64, milliseconds: Int, pause: Int) throws {
        var process = try Self.begun()
        let step = process.received(
            try APIReply(Replies.running(version: version)), after: .milliseconds(milliseconds))
        #expect(step.pause == .seconds(pause))
    }

    @Test(
        "every state but running is an end, also one that nobody has seen yet",
        arguments: ["succeeded", "failed", "cancelled", "canceled", "Aborted", "", "läuft"])
    func ends(state: String) throws {
        var process = try Self.begun()
        let step = process.received(try APIReply(#"{"statusCode": "\#(state)", "token": "t0"}"#), after: .zero)
        #expect(step.end?.statusCode.rawValue == state)
        #expect(step.pause == nil)
    }

    @Test(
        "progress is a share of one, whatever the server says; none says nothing",
        arguments: [
            ("42.5", 0.425), ("100", 1), ("250", 1), ("1e300", 1), ("0.5", 0.005), ("0", nil), ("-3", nil),
            ("-1e300", nil), ("null", nil),
        ] as [(String, Double?)])
    func progress(percent: String, share: Double?) throws {
        #expect(try Self.begun(Replies.running(version: 3, progress: percent)).progress == share)
        var process = try Self.begun()
        _ = process.received(try APIReply(Replies.running(version: 4, progress: percent)), after: .zero)
        #expect(process.progress == share)
    }

    @Test("progress and text are those of the newest version")
    func newest() throws {
        var process = try Self.begun(Replies.running(version: 9, progress: "50"))
        _ = process.received(try APIReply(Replies.running(version: 8, progress: "40")), after: .zero)
        #expect(process.progress == 0.5)
        let news = #"{"statusCode": "running", "statusVersion": 10, "percentProgress": 60, "statusText": "half"}"#
        _ = process.received(try APIReply(news), after: .zero)
        #expect(process.progress == 0.6)
        #expect(process.statusText == "half")
    }

    @Test("the log is handed over once, the new lines of each version and of the end")
    func log() throws {
        var process = try Self.begun(
            #"{"statusCode": "running", "token": "t", "statusVersion": 3, "logOutput": "a\r\n"}"#)
        #expect(process.takeLog() == "a\r\n")
        #expect(process.takeLog() == nil)
        for reply in [
            #"{"statusCode": "running", "statusVersion": 4, "logOutput": "b\r\n"}"#,
            #"{"statusCode": "running", "statusVersion": 4, "logOutput": "b\r\n"}"#,
            #"{"statusCode": "running", "statusVersion": 5, "logOutput": null}"#,
            #"{"statusCode": "running", "logOutput": "b\r\n"}"#,
            #"{"statusCode": "failed", "statusVersion": 6, "logOutput": "c\r\n"}"#,
        ] {
            _ = process.received(try APIReply(reply), after: .zero)
        }
        #expect(process.takeLog() == "b\r\nc\r\n")
    }

    @Test("the log of an end without a version is new, that of an end already known is not")
    func logOfEnd() throws {
        var process = try Self.begun()
        _ = process.received(try APIReply(#"{"statusCode": "succeeded", "logOutput": "done"}"#), after: .zero)
        #expect(process.takeLog() == "done")
        var known = try Self.begun()
        let end = #"{"statusCode": "succeeded", "statusVersion": 3, "logOutput": "done"}"#
        #expect(known.received(try APIReply(end), after: .zero).end?.statusCode == .succeeded)
        #expect(known.takeLog() == nil)
    }

    @Test("one that was started earlier is taken up by its token, from the version that is known")
    func resumed() {
        let process = LongRunningProcess(resuming: "t1", statusVersion: 40, wait: .seconds(20))
        #expect(
            process.statusQuery(within: .seconds(60)) == [
                FormField("token", "t1"), FormField("lastKnownStatusVersion", Int64(40)),
                FormField("millisecondsTimeout", Int64(20_000)),
            ])
        #expect(process.progress == nil)
    }

    @Test(
        "a poll is held for half of the time that is left at most, and for a millisecond at least",
        arguments: [(3600, 5000), (10, 5000), (4, 2000), (0, 1)])
    func hold(secondsLeft: Int, milliseconds: Int64) throws {
        let query = try Self.begun().statusQuery(within: .seconds(secondsLeft))
        #expect(query[2] == FormField("millisecondsTimeout", milliseconds))
    }
}

extension LongRunningProcess.Step {
    fileprivate var pause: Duration? {
        if case .poll(let pause) = self { pause } else { nil }
    }

    fileprivate var end: APIReply? {
        if case .ended(let envelope) = self { envelope } else { nil }
    }
}

@Suite("Whoever watches a process sets the pace", .timeLimit(.minutes(1)))
struct ProcessPaceTests {
    private static func status(_ version: Int) -> ScriptedTransport.Answer {
        .reply(
            #"{"token": "t0", "statusVersion": \#(version), "statusCode": "running", "logOutput": "\#(version) "}"#)
    }

    @Test("nothing is fetched while nobody asks for the next event")
    func backPressure() async throws {
        let fixture = ClientFixture(Self.status(4), Self.status(5), Self.status(6))
        let events = fixture.client.events(of: LongRunningProcess(resuming: "t0", statusVersion: 3))
        var iterator = events.makeAsyncIterator()
        #expect(fixture.transport.requests.isEmpty)
        #expect(await iterator.next()?.summary == "status 3")
        #expect(fixture.transport.requests.isEmpty, "what is known needs no request")
        for version in 4...6 {
            #expect(await iterator.next()?.summary == "log \(version) ")
            #expect(await iterator.next()?.summary == "status \(version)")
            for _ in 0..<50 { await Task.yield() }
            #expect(fixture.transport.requests.count == version - 3)
        }
    }

    @Test("a call that may start something is sent once, whatever becomes of it")
    func sentOnce() async throws {
        let fixture = ClientFixture(.failure(TransportError(kind: .connect, description: "reset")))
        let error = await #expect(throws: APIError.self) {
            try await fixture.client.send("VerifyStore", [FormField("id", "11")], by: fixture.deadline())
        }
        #expect(error?.reason == .connect)
        #expect(error?.wasSent == true)
        let request = try #require(fixture.transport.requests.first)
        #expect(request.path == "/api/invoke/VerifyStore")
        #expect(request.text == "id=11")
        #expect(!request.isRepeatable)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("asking and cancelling may be repeated by the transport")
    func repeatable() async throws {
        let fixture = ClientFixture(Self.status(4), Self.status(4))
        let process = LongRunningProcess(resuming: "t0", statusVersion: 3)
        _ = try await fixture.client.status(of: process, by: fixture.deadline())
        try await fixture.client.cancel("t0", by: fixture.deadline())
        #expect(fixture.transport.requests.map(\.path) == ["/api/get-status", "/api/cancel-async"])
        #expect(fixture.transport.requests.last?.text == "token=t0")
        #expect(fixture.transport.requests.map(\.isRepeatable) == [true, true])
    }

    @Test("a failure that the reply to a start tells of is handed over, not thrown, and counted")
    func failedStart() async throws {
        let fixture = ClientFixture(.reply(Replies.failed(message: "no", details: "System.Exception: no")))
        let reply = try await fixture.client.send("VerifyStore", [], by: fixture.deadline())
        #expect(reply.envelope.error?.message == "no")
        #expect(fixture.observer.failures.map(\.exception) == ["System.Exception"])
    }

    @Test("a process that cannot be cancelled is an error")
    func failedCancel() async {
        let fixture = ClientFixture(
            .reply(Replies.failed(message: "no", details: "System.Exception: no")), .reply("", status: 404))
        let structure = await #expect(throws: APIError.self) {
            try await fixture.client.cancel("t0", by: fixture.deadline())
        }
        #expect(structure?.exception == "System.Exception")
        let unknown = await #expect(throws: APIError.self) {
            try await fixture.client.cancel("t0", by: fixture.deadline())
        }
        #expect(unknown?.httpStatus == 404)
    }
}
