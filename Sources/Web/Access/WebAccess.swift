package import MicroHTTPServer
package import OperatingSystem

/// Admits or refuses requests, first by the rate limit, then by the password, and adds the configured headers.
package final class WebAccess: Sendable {
    /// The decision about a request.
    enum Verdict: Sendable {
        case admitted
        /// It is answered with this response and not passed on.
        case refused(status: Int, Response)
        /// The password must be checked, which takes time: call the closure in `Reply.later`.
        case later(@Sendable () async -> Verdict)
    }

    /// A configuration and the values derived from it once.
    private struct Rules: Sendable {
        let configuration: WebConfiguration
        let users: UserDirectory
        let limiter: RateLimiter?
        let unauthorized: Response
        let tooManyRequests: Response
        let busy: Response

        init(_ configuration: WebConfiguration, _ limiter: RateLimiter?) {
            func refusal(_ text: String, _ header: (name: String, value: String)) -> Response {
                Response(plain: text, (name: "X-Content-Type-Options", value: "nosniff"), header).setting(
                    configuration.headers.map { (name: $0.name, value: $0.value) })
            }
            self.configuration = configuration
            self.limiter = limiter
            users = UserDirectory(configuration.users)
            // Without a realm, as in the other programs that share the file format.
            unauthorized = refusal("401 Unauthorized", ("WWW-Authenticate", "Basic"))
            let (seconds, attoseconds) = (limiter?.limit.interval ?? .zero).components
            tooManyRequests = refusal(
                "429 Too Many Requests", ("Retry-After", "\(seconds + (attoseconds > 0 ? 1 : 0))"))
            busy = refusal(
                "503 Service Unavailable: too many passwords are being checked", ("Retry-After", "5"))
        }
    }

    private let book: PasswordVerifier
    private let uptime: @Sendable () -> Duration
    private let rules: Locked<Rules>

    package convenience init(_ configuration: WebConfiguration, clock: Clock) {
        self.init(configuration, clock: clock, book: PasswordVerifier())
    }

    init(_ configuration: WebConfiguration, clock: Clock, book: PasswordVerifier) {
        self.book = book
        uptime = clock.uptime
        rules = Locked(Rules(configuration, configuration.rateLimit.map { RateLimiter($0, uptime: clock.uptime) }))
    }

    /// Replaces the configuration.
    ///
    /// Unchanged passwords need no new check, and an unchanged rate limit is not reset.
    package func apply(_ configuration: WebConfiguration) {
        rules.withLock { rules in
            var limiter = rules.limiter
            if limiter?.limit != configuration.rateLimit {
                limiter = configuration.rateLimit.map { RateLimiter($0, uptime: uptime) }
            }
            rules = Rules(configuration, limiter)
        }
    }

    /// The router's reply to an admitted request, or a refusal.
    package func reply(to request: borrowing Request, from router: Router) -> Reply {
        let facts = WebRequest(request)
        // The client and the password are looked up only if they are needed, to keep a scrape cheap.
        if rules.withLock({ $0.limiter == nil && $0.users.isEmpty }) { return withHeaders(router.reply(to: facts)) }
        let verdict = verdict(
            path: facts.path, authorization: request.header("Authorization"), client: request.clientNetwork)
        return reply(verdict, facts, router)
    }

    private func reply(_ verdict: Verdict, _ request: WebRequest, _ router: Router) -> Reply {
        switch verdict {
        case .admitted: withHeaders(router.reply(to: request))
        case .refused(let status, let response): router.answer(request.path, status, response)
        case .later(let check): .later { [self] in reply(await check(), request, router) }
        }
    }

    /// The headers of every response.
    var headers: [ResponseHeader] { rules.withLock { $0.configuration.headers } }

    /// Refusals already have the configured headers.
    private func withHeaders(_ reply: Reply) -> Reply {
        let headers = headers.map { (name: $0.name, value: $0.value) }
        guard !headers.isEmpty else { return reply }
        switch reply {
        case .respond(let status, let response): return .respond(status: status, response.setting(headers))
        case .later(let next): return .later { [self] in withHeaders(await next()) }
        case .disconnect: return .disconnect
        }
    }

    /// Decides about a request.
    ///
    /// - Parameters:
    ///   - path: Percent-decoded, without the query.
    ///   - authorization: The value of the header `Authorization`.
    ///   - client: The client whose turn the password check uses.
    func verdict(path: String, authorization: String?, client: ClientNetwork) -> Verdict {
        let rules = rules.withLock { $0 }
        if let limiter = rules.limiter, !limiter.admits() { return .refused(status: 429, rules.tooManyRequests) }
        guard !rules.users.isEmpty, !rules.configuration.excludedPaths.contains(path) else { return .admitted }
        guard let credentials = authorization.flatMap(BasicCredentials.init(authorization:)) else {
            return .refused(status: 401, rules.unauthorized)
        }
        if let verdict = book.remembered(credentials, in: rules.users) { return Self.verdict(verdict, rules) }
        return .later { [book] in
            Self.verdict(await book.verdict(on: credentials, in: rules.users, from: client), rules)
        }
    }

    private static func verdict(_ verdict: PasswordVerifier.Verdict, _ rules: Rules) -> Verdict {
        switch verdict {
        case .right: .admitted
        case .wrong: .refused(status: 401, rules.unauthorized)
        case .busy: .refused(status: 503, rules.busy)
        }
    }
}

/// The limit on answered requests: `burst` at once, then one in each `interval`.
struct RateLimit: Sendable, Equatable {
    /// Above 0.
    var interval: Duration
    /// At least 1.
    var burst: Int
}

/// A token bucket: full at first, it loses a token with each request and gains one in each interval.
///
/// It is implemented as the generic cell rate algorithm (ITU-T I.371, annex A), whose single number needs no rounding.
final class RateLimiter: Sendable {
    let limit: RateLimit
    private let uptime: @Sendable () -> Duration
    /// When the bucket would be full.
    private let fullAt: Locked<Duration>

    /// - Parameter uptime: The time on a monotonic clock.
    init(_ limit: RateLimit, uptime: @escaping @Sendable () -> Duration) {
        self.limit = limit
        self.uptime = uptime
        fullAt = Locked(uptime())
    }

    /// Takes a token; `false` if there is none.
    func admits() -> Bool {
        let now = uptime()
        return fullAt.withLock { fullAt in
            let next = max(fullAt, now) + limit.interval
            guard next - now <= limit.interval * limit.burst else { return false }
            fullAt = next
            return true
        }
    }
}
