import MailStoreAPI
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
