package import MicroHTTPServer
package import OperatingSystem

/// Decides who is answered: first the rate limit, then the password.
package final class WebAccess: Sendable {
    /// What becomes of a request.
    package enum Verdict: Sendable {
        case admitted
        /// It is answered with this and goes no further.
        case refused(status: Int, Response)
        /// The password has to be checked, which takes time: the closure belongs into `Reply.later`.
        case later(@Sendable () async -> Verdict)
    }

    /// A configuration and what is made of it once.
    private struct Rules: Sendable {
        let configuration: WebConfiguration
        let users: UserDirectory
        let limiter: RateLimiter?
        let unauthorized: Response
        let tooManyRequests: Response
        let busy: Response
    }

    private let book: PasswordBook
    private let uptime: @Sendable () -> Duration
    private let rules: Locked<Rules>

    package init(_ configuration: WebConfiguration, clock: Clock, book: PasswordBook = PasswordBook()) {
        self.book = book
        uptime = clock.uptime
        let limiter = configuration.rateLimit.map { RateLimiter($0, uptime: clock.uptime) }
        rules = Locked(Self.rules(for: configuration, limiter))
    }

    /// Goes by another configuration from now on.
    ///
    /// Passwords that stay the same need no new check, and a rate limit that stays the same goes on.
    package func take(_ configuration: WebConfiguration) {
        rules.withLock { rules in
            var limiter = rules.limiter
            if limiter?.limit != configuration.rateLimit {
                limiter = configuration.rateLimit.map { RateLimiter($0, uptime: uptime) }
            }
            rules = Self.rules(for: configuration, limiter)
        }
    }

    /// What belongs on every response; the refusals have it already.
    package var headers: [ResponseHeader] { rules.withLock { $0.configuration.headers } }

    /// Whether nobody is asked anything: then there is no verdict to wait for.
    var admitsAll: Bool { rules.withLock { $0.limiter == nil && $0.users.isEmpty } }

    /// Decides about a request.
    ///
    /// - Parameters:
    ///   - path: Percent-decoded, without the query.
    ///   - authorization: The value of the header `Authorization`.
    ///   - client: The client's address in numbers; clients take turns in having passwords checked.
    package func verdict(path: String, authorization: String?, client: String) -> Verdict {
        let rules = rules.withLock { $0 }
        if let limiter = rules.limiter, !limiter.admits() { return .refused(status: 429, rules.tooManyRequests) }
        guard !rules.users.isEmpty, !rules.configuration.excludedPaths.contains(path) else { return .admitted }
        guard let credentials = authorization.flatMap(BasicCredentials.init(authorization:)) else {
            return .refused(status: 401, rules.unauthorized)
        }
        if let verdict = book.remembered(credentials, in: rules.users) { return Self.verdict(verdict, rules) }
        return .later { [book] in
            let verdict = await book.verdict(
                on: credentials, in: rules.users, from: ClientGroup(address: client))
            return Self.verdict(verdict, rules)
        }
    }

    private static func verdict(_ verdict: PasswordBook.Verdict, _ rules: Rules) -> Verdict {
        switch verdict {
        case .right: .admitted
        case .wrong: .refused(status: 401, rules.unauthorized)
        case .busy: .refused(status: 503, rules.busy)
        }
    }

    private static func rules(for configuration: WebConfiguration, _ limiter: RateLimiter?) -> Rules {
        let interval = limiter?.limit.interval ?? .zero
        let (seconds, attoseconds) = interval.components
        return Rules(
            configuration: configuration, users: UserDirectory(configuration.users), limiter: limiter,
            // Without a realm, as with the other programs that share the file format.
            unauthorized: refusal("401 Unauthorized", ("WWW-Authenticate", "Basic"), configuration),
            tooManyRequests: refusal(
                "429 Too Many Requests", ("Retry-After", "\(seconds + (attoseconds > 0 ? 1 : 0))"), configuration),
            busy: refusal(
                "503 Service Unavailable: too many passwords are being checked", ("Retry-After", "5"), configuration))
    }

    private static func refusal(
        _ text: String, _ header: (name: String, value: String), _ configuration: WebConfiguration
    ) -> Response {
        Response(
            Array("\(text)\n".utf8),
            headers: [
                (name: "Content-Type", value: "text/plain; charset=utf-8"),
                (name: "X-Content-Type-Options", value: "nosniff"), header,
            ]
        ).setting(configuration.headers.map { (name: $0.name, value: $0.value) })
    }
}
