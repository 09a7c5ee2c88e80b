import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

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
            certificate: CertificateFacts? = nil
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
        func behind(_ gate: Gate) -> Answer {
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
