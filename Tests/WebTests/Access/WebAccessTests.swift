import MicroHTTPServer
import TestSupport
import Testing

@testable import Web

@Suite("Access to the web endpoint", .timeLimit(.minutes(1)))
struct WebAccessTests {
    /// `alice:correct horse`.
    static let alice = "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ=="
    /// `alice:battery staple`.
    static let wrong = "Basic YWxpY2U6YmF0dGVyeSBzdGFwbGU="

    /// The status with which a request is refused; `nil` where it is admitted.
    private func refusal(
        _ access: WebAccess, _ authorization: String?, path: String = "/metrics"
    ) async -> Int? {
        var verdict = access.verdict(
            path: path, authorization: authorization, client: ClientNetwork(address: "192.0.2.1"))
        while case .later(let next) = verdict { verdict = await next() }
        guard case .refused(let status, _) = verdict else { return nil }
        return status
    }

    private func access(
        _ configuration: WebConfiguration, time: ManualTime = ManualTime(), book: PasswordVerifier = PasswordVerifier()
    ) -> WebAccess {
        WebAccess(configuration, clock: time.clock, book: book)
    }

    private func users(_ hash: String = WebExample.Hash.horse) throws -> WebConfiguration {
        WebConfiguration(users: ["alice": try BcryptHash(parsing: hash)], excludedPaths: ["/-/healthy"])
    }

    @Test("without users every request is admitted, with and without a password")
    func open() async {
        let access = access(WebConfiguration())
        #expect(await refusal(access, nil) == nil)
        #expect(await refusal(access, Self.wrong) == nil)
    }

    @Test("with users a password is required, except for the excluded paths")
    func closed() async throws {
        let access = access(try users())
        #expect(await refusal(access, nil) == 401)
        #expect(await refusal(access, "Bearer x") == 401)
        #expect(await refusal(access, Self.wrong) == 401)
        #expect(await refusal(access, Self.alice) == nil)
        #expect(await refusal(access, nil, path: "/-/healthy") == nil)
        for path in ["/-/healthy/", "/-/Healthy", "/-/ready", "/", "/-/healthy/../metrics", ""] {
            #expect(await refusal(access, nil, path: path) == 401)
        }
    }

    @Test("the second request with a password is decided at once")
    func cached() async throws {
        let access = access(try users())
        #expect(await refusal(access, Self.alice) == nil)
        guard case .admitted = access.verdict(path: "/", authorization: Self.alice, client: ClientNetwork(address: ""))
        else {
            Issue.record("the password was checked again")
            return
        }
    }

    @Test("a changed configuration applies from the next request on")
    func changed() async throws {
        let access = access(try users())
        #expect(await refusal(access, Self.alice) == nil)
        access.apply(try users(WebExample.Hash.staple))
        #expect(await refusal(access, Self.alice) == 401)
        #expect(await refusal(access, Self.wrong) == nil)
        access.apply(WebConfiguration())
        #expect(await refusal(access, nil) == nil)
    }

    @Test("the rate limit comes before the password, and one that stays the same is not reset")
    func rateLimit() async throws {
        let time = ManualTime()
        var configuration = try users()
        configuration.rateLimit = RateLimit(interval: .seconds(1), burst: 2)
        let access = access(configuration, time: time)
        #expect(await refusal(access, Self.wrong) == 401)
        #expect(await refusal(access, Self.alice) == nil)
        #expect(await refusal(access, Self.alice) == 429)
        #expect(await refusal(access, nil, path: "/-/healthy") == 429)
        configuration.excludedPaths = []
        access.apply(configuration)
        #expect(await refusal(access, Self.alice) == 429)
        time.advance(by: .seconds(1))
        #expect(await refusal(access, Self.alice) == nil)
        configuration.rateLimit = nil
        access.apply(configuration)
        #expect(await refusal(access, Self.alice) == nil)
        #expect(await refusal(access, Self.alice) == nil)
    }

    @Test("where too many checks wait, an unknown login is answered with 503")
    func busy() async throws {
        let book = PasswordVerifier(limits: PasswordVerifier.Limits(waiting: 0, waitingPerClient: 0))
        #expect(await refusal(access(try users(), book: book), Self.alice) == 503)
    }

    @Test("refusals have a status, a text and the configured headers")
    func responses() async throws {
        var configuration = try users()
        configuration.headers = [ResponseHeader(name: "X-Frame-Options", value: "deny")]
        configuration.rateLimit = RateLimit(interval: .milliseconds(2500), burst: 3)
        let access = access(configuration)
        #expect(access.headers == configuration.headers)
        let server = try HTTPServer(ServerOptions(host: "127.0.0.1", port: 0)) { request in
            Self.reply(
                access.verdict(
                    path: request.path, authorization: request.header("Authorization"), client: request.clientNetwork))
        }
        defer { server.stop(grace: 0) }
        let scraper = FakeScraper(port: server.port)
        let missing = try await scraper.get("/metrics")
        #expect(missing.status == 401)
        #expect(missing.headers["www-authenticate"] == "Basic")
        #expect(missing.headers["x-content-type-options"] == "nosniff")
        #expect(missing.headers["x-frame-options"] == "deny")
        let right = try await scraper.get("/metrics", headers: ["Authorization: \(Self.alice)"])
        #expect(right.status == 200)
        let wrong = try await scraper.get("/metrics", headers: ["Authorization: \(Self.wrong)"])
        #expect(wrong.status == 401)
        let tooMany = try await scraper.get("/metrics", headers: ["Authorization: \(Self.alice)"])
        #expect(tooMany.status == 429)
        #expect(tooMany.headers["retry-after"] == "3")
        #expect(tooMany.headers["x-frame-options"] == "deny")
    }

    private static func reply(_ verdict: WebAccess.Verdict) -> Reply {
        switch verdict {
        case .admitted: .status(200)
        case .refused(let status, let response): .respond(status: status, response)
        case .later(let next): .later { reply(await next()) }
        }
    }
}

@Suite("The rate limit")
struct RateLimiterTests {
    @Test("a burst is let through, then one request in each interval")
    func burst() {
        let time = ManualTime()
        let limiter = RateLimiter(
            RateLimit(interval: .seconds(2), burst: 3), uptime: time.clock.uptime)
        #expect((0..<5).map { _ in limiter.admits() } == [true, true, true, false, false])
        time.advance(by: .milliseconds(1999))
        #expect(!limiter.admits())
        time.advance(by: .milliseconds(1))
        #expect(limiter.admits())
        #expect(!limiter.admits())
        time.advance(by: .seconds(4))
        #expect((0..<3).map { _ in limiter.admits() } == [true, true, false])
    }

    @Test("a long silence gives no more than the burst; what was refused costs nothing")
    func silence() {
        let time = ManualTime()
        let limiter = RateLimiter(RateLimit(interval: .seconds(1), burst: 2), uptime: time.clock.uptime)
        time.advance(by: .seconds(86_400))
        #expect((0..<10).filter { _ in limiter.admits() }.count == 2)
        time.advance(by: .seconds(1))
        #expect((0..<10).filter { _ in limiter.admits() }.count == 1)
    }
}
