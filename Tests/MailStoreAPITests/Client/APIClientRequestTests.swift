import OperatingSystem
import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("Requests of the client", .timeLimit(.minutes(1)))
struct APIClientRequestTests {
    @Test("a function without arguments is invoked with an empty body and the login")
    func plain() async throws {
        let fixture = ClientFixture(.reply(Replies.succeeded(#"{"version": "25.3"}"#)))
        let info = try await fixture.serverInfo(within: .seconds(7))
        #expect(info.version == "25.3")
        let request = try #require(fixture.transport.requests.first)
        #expect(request.path == "/api/invoke/GetServerInfo")
        #expect(request.body.isEmpty)
        #expect(request.credentials == RecordingLogin.credentials)
        #expect(request.timeout == .seconds(7))
        #expect(fixture.login.functions == ["GetServerInfo"])
        #expect(fixture.login.outcomes == [nil])
    }

    @Test("every function is invoked under its own name", arguments: InformationalFunction.allCases)
    func paths(function: InformationalFunction) async throws {
        let fixture = ClientFixture(.reply(Replies.succeeded("[]")))
        _ = try await fixture.client.invoke(function, as: JSONElementCount.self, by: fixture.deadline())
        #expect(fixture.transport.requests.map(\.path) == ["/api/invoke/\(function.rawValue)"])
    }

    @Test("arguments are sent as a form")
    func arguments() async throws {
        let fixture = ClientFixture(.reply(Replies.succeeded("[]")))
        let begin = CivilDateTime(secondsSince1970: 0)
        _ = try await fixture.client.invoke(
            .getWorkerResults,
            [FormField("fromIncluding", begin), FormField("timeZoneID", "$Local"), FormField("x", true)],
            as: [WorkerResult].self, by: fixture.deadline())
        #expect(
            fixture.transport.requests.map(\.text)
                == ["fromIncluding=1970-01-01T00%3A00%3A00&timeZoneID=%24Local&x=true"])
    }

    @Test("the list of functions is asked for without the login")
    func metadata() async throws {
        let fixture = ClientFixture(.reply("\u{FEFF}" + #"[{"name": "GetStores", "args": []}]"#))
        let functions = try await fixture.client.metadata(by: fixture.deadline(.seconds(3)))
        #expect(functions == [FunctionMetadata(name: "GetStores")])
        let request = try #require(fixture.transport.requests.first)
        #expect(request.path == "/api/get-metadata")
        #expect(request.body.isEmpty)
        #expect(request.credentials == nil)
        #expect(request.timeout == .seconds(3))
        #expect(fixture.login.functions.isEmpty && fixture.login.outcomes.isEmpty)
        #expect(fixture.observer.records.map(\.function) == ["get-metadata"])
    }

    @Test("a login that must not be tried sends nothing and counts nothing")
    func heldBack() async throws {
        let refusal = APIError(
            .unauthorized, function: "GetServerInfo", description: "the login rests", wasSent: false)
        let fixture = ClientFixture(login: RecordingLogin(refusal: refusal))
        let error = try await fixture.serverInfoFailure()
        #expect(error.description == "the login rests")
        #expect(!error.wasSent)
        #expect(fixture.transport.requests.isEmpty)
        #expect(fixture.observer.records.isEmpty && fixture.observer.failures.isEmpty)
        #expect(fixture.login.outcomes.isEmpty)
    }

    @Test("a call for which no time is left is not sent")
    func noTime() async throws {
        let fixture = ClientFixture()
        let error = try await fixture.serverInfoFailure(within: .zero)
        #expect(error.reason == .timeout)
        #expect(!error.wasSent)
        #expect(
            error.description
                == "GetServerInfo was not called, because the calls before it took all the time")
        #expect(fixture.transport.requests.isEmpty && fixture.observer.records.isEmpty)
        #expect(fixture.login.outcomes == [.timeout])
    }

    @Test("a call that waits for room has only the time that is left when there is room")
    func waitingCosts() async throws {
        let gate = Gate()
        let fixture = ClientFixture(
            .reply(Replies.succeeded("{}")).behind(gate), .reply(Replies.succeeded("{}")), limit: 1)
        async let first = fixture.serverInfo()
        await eventually { gate.arrivals == 1 }
        async let second = fixture.serverInfo(within: .seconds(20))
        await eventually { await fixture.limiter.waitingCount == 1 }
        #expect(fixture.transport.requests.count == 1)
        fixture.time.advance(by: .seconds(15))
        gate.open()
        _ = try await (first, second)
        #expect(fixture.transport.requests.map(\.timeout) == [.seconds(30), .seconds(5)])
    }

    @Test("a call whose time passes while it waits for room is not sent")
    func waitedTooLong() async throws {
        let gate = Gate()
        let fixture = ClientFixture(.reply(Replies.succeeded("{}")).behind(gate), limit: 1)
        async let first = fixture.serverInfo()
        await eventually { gate.arrivals == 1 }
        async let second = fixture.serverInfoFailure(within: .seconds(10))
        await eventually { await fixture.limiter.waitingCount == 1 }
        fixture.time.advance(by: .seconds(10))
        gate.open()
        _ = try await first
        let error = try await second
        #expect(error.reason == .timeout && !error.wasSent)
        #expect(fixture.transport.requests.count == 1)
        #expect(fixture.observer.records.count == 1)
    }

    @Test("a call that is cancelled while it waits for room is not sent, and leaves the room to others")
    func cancelledWaiting() async throws {
        let gate = Gate()
        let fixture = ClientFixture(
            .reply(Replies.succeeded("{}")).behind(gate), .reply(Replies.succeeded("{}")), limit: 1)
        async let first = fixture.serverInfo()
        await eventually { gate.arrivals == 1 }
        let second = Task { try await fixture.serverInfoFailure() }
        await eventually { await fixture.limiter.waitingCount == 1 }
        second.cancel()
        let error = try await second.value
        #expect(error.reason == .cancelled && !error.wasSent)
        #expect(error.description == "GetServerInfo was cancelled")
        gate.open()
        _ = try await first
        _ = try await fixture.serverInfo()
        #expect(fixture.observer.records.count == 2)
        // It was cancelled before it asked for the login.
        #expect(fixture.login.outcomes == [nil, nil])
    }

    @Test("a call that waits for room asks for the login only then: it may have been refused meanwhile")
    func loginWhenThereIsRoom() async throws {
        let gate = Gate()
        let fixture = ClientFixture(
            .reply("", status: 401).behind(gate), .reply(Replies.succeeded("{}")), limit: 1)
        async let first = fixture.serverInfoFailure()
        await eventually { gate.arrivals == 1 }
        async let second = fixture.serverInfo()
        await eventually { await fixture.limiter.waitingCount == 1 }
        #expect(fixture.login.functions.count == 1)
        gate.open()
        #expect(try await first.reason == .unauthorized)
        _ = try await second
        // The refusal was known before the second call asked.
        #expect(fixture.login.history == ["asked", "ended", "asked", "ended"])
    }
}
