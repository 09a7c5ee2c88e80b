import MailStoreAPI
import TestSupport
import Testing

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
