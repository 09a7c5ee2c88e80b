import MailStoreAPI
import TestSupport
import Testing

@Suite("Calls that go on on the server", .timeLimit(.minutes(1)))
struct APIClientProcessTests {
    @Test("are polled without a pause until they end, and give the result of the end")
    func polled() async throws {
        let time = ManualTime()
        let fixture = ClientFixture(
            .reply(Replies.running(version: 3)),
            .reply(Replies.running(version: 9)).taking(.seconds(1), on: time),
            .reply(Replies.running(version: 9)).taking(.seconds(5), on: time),
            .reply(Replies.succeeded(#"{"version": "25.3"}"#)), time: time)
        #expect(try await fixture.serverInfo().version == "25.3")
        let requests = fixture.transport.requests
        #expect(requests.map(\.path) == ["/api/invoke/GetServerInfo"] + Array(repeating: "/api/get-status", count: 3))
        #expect(
            requests.map(\.text) == [
                "", "token=t0&lastKnownStatusVersion=3&millisecondsTimeout=5000",
                "token=t0&lastKnownStatusVersion=9&millisecondsTimeout=5000",
                "token=t0&lastKnownStatusVersion=9&millisecondsTimeout=5000",
            ])
        #expect(requests.map(\.timeout) == [.seconds(30), .seconds(30), .seconds(29), .seconds(24)])
        #expect(requests.allSatisfy { $0.credentials == RecordingLogin.credentials })
        #expect(fixture.login.functions == ["GetServerInfo", "get-status", "get-status", "get-status"])
        #expect(fixture.observer.records.map(\.function) == fixture.login.functions)
        #expect(fixture.observer.records.allSatisfy { $0.error == nil })
        #expect(fixture.observer.failures.isEmpty)
    }

    @Test("are paused for where the server answers at once without news")
    func paused() async throws {
        let fixture = ClientFixture(
            .reply(Replies.running(version: 3)), .reply(Replies.running(version: 3)), .reply(Replies.succeeded("{}")))
        async let info = fixture.serverInfo()
        await fixture.time.waitForSleepers(1)
        #expect(fixture.transport.requests.count == 2)
        fixture.time.advance(by: .milliseconds(999))
        #expect(fixture.time.sleeperCount == 1)
        fixture.time.advance(by: .milliseconds(1))
        _ = try await info
        #expect(fixture.transport.requests.count == 3)
    }

    @Test("are left alone when the deadline passes, with a last poll that does not outlast it")
    func deadline() async throws {
        let time = ManualTime()
        let fixture = ClientFixture(
            .reply(Replies.running(version: 3)),
            .reply(Replies.running(version: 3)).taking(.seconds(5), on: time),
            .reply(Replies.running(version: 4)).taking(.seconds(2), on: time),
            .reply(Replies.running(version: 5)).taking(.seconds(1), on: time), time: time)
        let error = try await fixture.serverInfoFailure(within: .seconds(8))
        #expect(error.reason == .timeout)
        #expect(error.wasSent)
        #expect(
            error.description == "GetServerInfo still runs on the server, and the time to wait for its result is over")
        #expect(
            fixture.transport.requests.dropFirst().map(\.text) == [
                "token=t0&lastKnownStatusVersion=3&millisecondsTimeout=4000",
                "token=t0&lastKnownStatusVersion=3&millisecondsTimeout=1500",
                "token=t0&lastKnownStatusVersion=4&millisecondsTimeout=500",
            ])
        #expect(fixture.observer.records.count == 4)
        #expect(fixture.observer.failures.map(\.reason) == [.timeout])
    }

    @Test("whose process the server has forgotten fail with the reason of that")
    func lost() async throws {
        let fixture = ClientFixture(.reply(Replies.running(version: 3)), .reply("", status: 404))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == .httpStatus)
        #expect(error.httpStatus == 404)
        #expect(error.function == "get-status")
        #expect(error.description.contains("no longer knows the process"))
        #expect(fixture.observer.records.map { $0.error?.httpStatus } == [nil, 404])
        #expect(fixture.observer.failures.isEmpty)
    }

    @Test("can fail in the end, by an error structure or by their state")
    func failing() async throws {
        let fixture = ClientFixture(
            .reply(Replies.running(version: 3)),
            .reply(Replies.failed(message: "no", details: "System.IO.IOException: no")),
            .reply(Replies.running(version: 3)), .reply(#"{"statusCode": "cancelled", "result": null}"#))
        let structure = try await fixture.serverInfoFailure()
        #expect(structure.exception == "System.IO.IOException")
        #expect(structure.function == "get-status")
        let state = try await fixture.serverInfoFailure()
        #expect(state.description == "GetServerInfo ended in the state “cancelled”")
        #expect(fixture.observer.failures.map(\.description) == [state.description])
    }

    @Test("may repeat the token in the end, as old servers do")
    func repeatedToken() async throws {
        let end = #"{"token": "t0", "statusVersion": 269, "statusCode": "succeeded", "result": {"version": "9"}}"#
        let fixture = ClientFixture(.reply(Replies.running(version: 3)), .reply(end))
        #expect(try await fixture.serverInfo().version == "9")
    }

    @Test("stop being polled when the task is cancelled during a pause")
    func cancelled() async throws {
        let fixture = ClientFixture(.reply(Replies.running(version: 3)), .reply(Replies.running(version: 3)))
        let call = Task { try await fixture.serverInfoFailure() }
        await fixture.time.waitForSleepers(1)
        call.cancel()
        #expect(try await call.value.reason == .cancelled)
        #expect(fixture.transport.answersLeft == 0)
    }
}
