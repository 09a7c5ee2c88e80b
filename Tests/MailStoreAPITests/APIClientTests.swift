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
                == "GetServerInfo was not called, because earlier calls used up the time")
        #expect(fixture.transport.requests.isEmpty && fixture.observer.records.isEmpty)
        #expect(fixture.login.outcomes == [.timeout])
    }

    @Test("a call that waits for room has only the time that is left when there is room")
    func waitingCosts() async throws {
        let gate = Latch()
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
        let gate = Latch()
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
        let gate = Latch()
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
        let gate = Latch()
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

@Suite("What the observer of calls is told", .timeLimit(.minutes(1)))
struct APIClientObserverTests {
    @Test("a call that went well is told with its duration, status, size and certificate")
    func success() async throws {
        let time = ManualTime()
        let certificate = CertificateInfo(
            notAfter: 2, notBefore: 1, subject: "CN=a", issuer: "CN=b", publicKeyPin: "sha256//x", verified: true)
        let reply = Replies.succeeded(#"{"version": "ä"}"#)
        let fixture = ClientFixture(
            .reply(reply, certificate: certificate).taking(.milliseconds(250), on: time), time: time)
        _ = try await fixture.serverInfo()
        #expect(fixture.observer.records.count == 1)
        let record = try #require(fixture.observer.records.first)
        #expect(record.function == "GetServerInfo")
        #expect(record.duration == .milliseconds(250))
        #expect(record.status == 200)
        #expect(record.replySize == reply.utf8.count)
        #expect(record.certificate == certificate)
        #expect(record.error == nil)
        #expect(record.clockSkew == nil)
    }

    @Test("a result that does not fit is told apart from its request, which went well")
    func badResult() async throws {
        let fixture = ClientFixture(.reply(Replies.succeeded("[]")))
        _ = try await fixture.serverInfoFailure()
        #expect(fixture.observer.records.map { $0.error?.reason } == [nil])
        #expect(fixture.observer.failures.map(\.reason) == [.badReply])
    }

    @Test("a failed request is told with its duration too")
    func failure() async throws {
        let time = ManualTime()
        let answer = ScriptedTransport.Answer.failure(TransportError(kind: .timeout, description: "slow"))
        let fixture = ClientFixture(answer.taking(.seconds(30), on: time), time: time)
        _ = try await fixture.serverInfoFailure()
        #expect(fixture.observer.records.map(\.duration) == [.seconds(30)])
    }

    @Test(
        "the server's clock is compared with the end of the exchange",
        arguments: [
            // The exchange takes a second from 00:00:00, and a header means the middle of its second.
            ("Thu, 01 Jan 2026 00:00:00 GMT", -0.5), ("Thu, 01 Jan 2026 00:00:01 GMT", 0.5),
            ("Thu, 01 Jan 2026 01:00:00 GMT", 3599.5), ("Wed, 31 Dec 2025 23:59:01 GMT", -59.5),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 251_635_075_198.5),
        ])
    func clockSkew(date: String, skew: Double) async throws {
        let time = ManualTime(now: Timestamp(secondsSince1970: 1_767_225_600))
        let fixture = ClientFixture(
            .reply(Replies.succeeded("{}"), date: date).taking(.seconds(1), on: time), time: time)
        _ = try await fixture.serverInfo()
        #expect(fixture.observer.records.map(\.clockSkew) == [skew])
    }

    @Test("an exchange that took long says nothing of the clock")
    func clockSkewOfSlowExchange() async throws {
        let time = ManualTime(now: Timestamp(secondsSince1970: 1_767_225_600))
        let date = "Thu, 01 Jan 2026 00:00:00 GMT"
        let fixture = ClientFixture(
            .reply(Replies.succeeded("{}"), date: date).taking(.seconds(2), on: time), time: time)
        _ = try await fixture.serverInfo()
        #expect(fixture.observer.records.map(\.clockSkew) == [nil])
    }

    @Test("the clock is compared also where the call fails, and not where the header makes no sense")
    func clockSkewOfFailures() async throws {
        let fixture = ClientFixture(
            .reply("", status: 401, date: "Thu, 01 Jan 2026 00:00:00 GMT"),
            .reply(Replies.succeeded("{}"), date: "yesterday"))
        _ = try await fixture.serverInfoFailure()
        _ = try await fixture.serverInfo()
        #expect(fixture.observer.records.map(\.clockSkew) == [0.5, nil])
    }

    @Test("each of many calls side by side is told exactly once")
    func sideBySide() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(
            (0..<60).map { $0 % 3 == 0 ? .reply("", status: 500) : .reply(Replies.succeeded("{}")) })
        let observer = RecordingObserver()
        let login = RecordingLogin()
        let client = APIClient(
            transport: transport, login: login, limiter: CallLimiter(limit: 3), observer: observer,
            clock: time.clock)
        let deadline = Deadline(after: .seconds(30), clock: time.clock)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    (try? await client.invoke(.getServerInfo, as: ServerInfo.self, by: deadline)) == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
        #expect(observer.records.count == 60)
        #expect(observer.records.count { $0.error != nil } == 20)
        #expect(login.outcomes.count == 60)
    }
}
