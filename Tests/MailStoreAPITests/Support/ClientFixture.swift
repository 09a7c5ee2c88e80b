import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

/// A client with everything around it replaced: transport, login, observer and clocks.
struct ClientFixture {
    let time: ManualTime
    let transport: ScriptedTransport
    let login: RecordingLogin
    let observer = RecordingObserver()
    let limiter: CallLimiter
    let client: APIClient

    init(
        _ answers: ScriptedTransport.Answer..., login: RecordingLogin = RecordingLogin(), limit: Int = 4,
        time: ManualTime = ManualTime()
    ) {
        self.time = time
        self.login = login
        transport = ScriptedTransport(answers)
        limiter = CallLimiter(limit: limit)
        client = APIClient(
            transport: transport, login: login, limiter: limiter, observer: observer, clock: time.clock)
    }

    func deadline(_ duration: Duration = .seconds(30)) -> Deadline {
        Deadline(after: duration, clock: time.clock)
    }

    /// Calls GetServerInfo, which stands for any function.
    func serverInfo(within duration: Duration = .seconds(30)) async throws(APIError) -> ServerInfo {
        try await client.invoke(.getServerInfo, as: ServerInfo.self, by: deadline(duration))
    }

    /// The error with which GetServerInfo fails; an issue where it does not.
    func serverInfoFailure(
        within duration: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> APIError {
        let error = await #expect(throws: APIError.self, sourceLocation: sourceLocation) {
            try await serverInfo(within: duration)
        }
        return try #require(error, sourceLocation: sourceLocation)
    }
}

extension HTTPRequest {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A login that gives out the same credentials, or refuses to, and keeps what it is told.
final class RecordingLogin: LoginProvider {
    static let credentials = Credentials(username: "monitor", password: Secret("correct horse"))

    private let refusal: APIError?
    private let asked = Locked<[String]>([])
    private let events = Locked<[String]>([])
    private let ended = Locked<[APIError.Reason?]>([])

    init(refusal: APIError? = nil) {
        self.refusal = refusal
    }

    /// The functions for which credentials were wanted.
    var functions: [String] {
        asked.withLock { $0 }
    }

    /// How the calls ended that were given credentials.
    var outcomes: [APIError.Reason?] {
        ended.withLock { $0 }
    }

    /// What happened in which order.
    var history: [String] {
        events.withLock { $0 }
    }

    func credentials(for function: String) async throws(APIError) -> LoginGrant {
        asked.withLock { $0.append(function) }
        events.withLock { $0.append("asked") }
        if let refusal { throw refusal }
        return LoginGrant(credentials: Self.credentials, function: function)
    }

    func accepted(_ grant: LoginGrant) {
        ended.withLock { $0.append(nil) }
        events.withLock { $0.append("ended") }
    }

    func failed(_ grant: LoginGrant, with error: APIError) -> APIError {
        ended.withLock { $0.append(error.reason) }
        events.withLock { $0.append("ended") }
        return error
    }
}

/// An observer that keeps all that it is told.
final class RecordingObserver: CallObserver {
    private let ended = Locked<[CallRecord]>([])
    private let failed = Locked<[APIError]>([])
    private let read = Locked<[(function: String, oddities: ReplyOddities)]>([])

    /// One record for each request.
    var records: [CallRecord] {
        ended.withLock { $0 }
    }

    /// The results that were read.
    var results: [(function: String, oddities: ReplyOddities)] {
        read.withLock { $0 }
    }

    /// The failures that no single request shows.
    var failures: [APIError] {
        failed.withLock { $0 }
    }

    func callEnded(_ call: CallRecord) {
        ended.withLock { $0.append(call) }
    }

    func callFailed(_ error: APIError) {
        failed.withLock { $0.append(error) }
    }

    func resultRead(_ oddities: ReplyOddities, of function: String) {
        read.withLock { $0.append((function, oddities)) }
    }
}

/// A transport that answers from a table, in order, and keeps the requests.
final class ScriptedTransport: HTTPTransport {
    /// What becomes of one request.
    struct Answer: Sendable {
        let run: @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

        init(_ run: @escaping @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse) {
            self.run = run
        }

        static func reply(
            _ body: String, status: Int = 200, date: String? = nil, contentType: String? = "application/json",
            certificate: CertificateInfo? = nil
        ) -> Answer {
            let response = HTTPResponse(
                status: status, body: Array(body.utf8), date: date, contentType: contentType, certificate: certificate)
            return Answer { (_) throws(TransportError) in response }
        }

        static func failure(_ error: TransportError) -> Answer {
            Answer { (_) throws(TransportError) in throw error }
        }

        /// The same answer, after `duration` on the clocks of a test.
        func taking(_ duration: Duration, on time: ManualTime) -> Answer {
            Answer { (request) throws(TransportError) in
                time.advance(by: duration)
                return try await run(request)
            }
        }

        /// The same answer, when `gate` has been opened.
        func behind(_ gate: Latch) -> Answer {
            Answer { (request) throws(TransportError) in
                await gate.passed()
                if Task.isCancelled { throw TransportError(kind: .cancelled, description: "cancelled") }
                return try await run(request)
            }
        }
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
    }

    private let state: Locked<State>

    init(_ answers: [Answer]) {
        state = Locked(State(answers: answers))
    }

    var requests: [HTTPRequest] {
        state.withLock { $0.requests }
    }

    /// How many answers nobody has asked for.
    var answersLeft: Int {
        state.withLock { $0.answers.count }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else {
            Issue.record("no answer is left for \(request.path)")
            throw TransportError(kind: .connect, description: "no answer is left")
        }
        return try await answer.run(request)
    }
}
