import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@Suite("What the observer of calls is told", .timeLimit(.minutes(1)))
struct APIClientObserverTests {
    @Test("a call that went well is told with its duration, status, size and certificate")
    func success() async throws {
        let time = ManualTime()
        let certificate = CertificateFacts(
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
