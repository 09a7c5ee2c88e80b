import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import OperatingSystem

@Suite("A session that follows a process")
struct ProcessSessionTests {
    private static let running =
        #"{"statusCode": "running", "token": "ab12", "statusVersion": 3, "logOutput": "Begin\r\n"}"#

    /// Runs a session whose first call was answered by `first`, and whose polls are by `poll`.
    private func outcome(
        _ first: String = running, poll: @escaping @Sendable () async throws(TransportError) -> HTTPResponse
    ) async throws -> (outcome: WatchOutcome, messages: String) {
        let messages = Locked("")
        let console = Console(
            writeOutput: { _ in true }, writeMessage: { text in messages.withLock { $0 += text } },
            columns: { nil }, canAsk: false, readAnswer: { nil },
            signals: { AsyncStream { _ in } })
        let api = APIClient(
            transport: Polls(answer: poll), login: FixedLogin(), limiter: CallLimiter(limit: 2),
            observer: CallRecorder())
        let session = ProcessSession("VerifyStore", api: api, console: console, callTime: .seconds(5))
        let outcome = try await session.run { () throws(CommandError) in
            do throws(JSONError) {
                return FirstReply(envelope: try APIReply(reply: Array(first.utf8)))
            } catch {
                throw CommandError(.failure, "\(error)")
            }
        }
        return (outcome, messages.withLock { $0 })
    }

    @Test("the log of the first reply and of the last is shown, a line without an end too")
    func log() async throws {
        let (outcome, messages) = try await outcome { () throws(TransportError) in
            let end = #"{"statusCode": "succeeded", "statusVersion": 9, "logOutput": "Middle\r\nEnd"}"#
            return HTTPResponse(status: 200, body: Array(end.utf8))
        }
        guard case .ended(let envelope) = outcome else { throw CommandError(.failure, "\(outcome)") }
        #expect(envelope.statusCode == .succeeded)
        #expect(messages == "Begin\nMiddle\nEnd\n")
    }

    @Test("what would fail again in the same way ends the watch, not the process", arguments: [401, 403])
    func refused(status: Int) async throws {
        let (outcome, _) = try await outcome { () throws(TransportError) in HTTPResponse(status: status, body: []) }
        guard case .left("ab12", let error) = outcome else { throw CommandError(.failure, "\(outcome)") }
        #expect(error?.httpStatus == status)
    }

    @Test("a reply that is too large is not asked for again and again")
    func tooLarge() async throws {
        let (outcome, _) = try await outcome { () throws(TransportError) in
            throw TransportError(kind: .tooLarge, description: "too large")
        }
        guard case .left("ab12", let error) = outcome else { throw CommandError(.failure, "\(outcome)") }
        #expect(error?.reason == .tooLarge)
    }

    @Test("a token that is gone is a process that is lost")
    func lost() async throws {
        let (outcome, _) = try await outcome { () throws(TransportError) in HTTPResponse(status: 404, body: []) }
        guard case .lost = outcome else { throw CommandError(.failure, "\(outcome)") }
    }

    @Test("a process without a token cannot be watched, and that is said")
    func noToken() async throws {
        let error = await #expect(throws: CommandError.self) {
            try await outcome(#"{"statusCode": "running", "token": null}"#) { () throws(TransportError) in
                throw TransportError(kind: .connect, description: "nobody is asked")
            }
        }
        #expect(error?.description.contains("no token to ask for its result") == true)
    }

    @Test("a result that cannot be written is an error, not a success")
    func fullDisk() {
        let console = Console(
            writeOutput: { _ in false }, writeMessage: { _ in }, columns: { nil }, canAsk: false,
            readAnswer: { nil }, signals: { AsyncStream { $0.finish() } })
        #expect(throws: CommandError.self) { try console.writeResult([0x20]) }
    }
}

/// Answers every request alike.
private struct Polls: HTTPTransport {
    let answer: @Sendable () async throws(TransportError) -> HTTPResponse

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await answer()
    }
}

private struct FixedLogin: LoginProvider {
    func credentials(for function: String) async throws(APIError) -> LoginGrant {
        LoginGrant(credentials: Credentials(username: "admin", password: Secret("secret")), function: function)
    }

    func accepted(_ grant: LoginGrant) {}

    func failed(_ grant: LoginGrant, with error: APIError) -> APIError { error }
}
