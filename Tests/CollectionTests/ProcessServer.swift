import MailStoreAPI
import TestSupport

@testable import Collection
@testable import OperatingSystem

/// A MailStore server without a network that verifies its stores by a script.
///
/// A call for which no answer is left hangs until its task is cancelled, so that a test can look around at that point.
final class ProcessServer: HTTPTransport {
    /// One call as it arrived.
    struct Call: Sendable, Equatable {
        var function: String
        /// The form as it was sent.
        var body: String
        /// When it came, by the clock that only goes forward.
        var uptime: Duration
    }

    private struct State {
        var answers: [String: [FakeAnswer]] = [:]
        var lastAnswers: [String: FakeAnswer] = [:]
        var calls: [Call] = []
    }

    private let state = Locked(State())
    private let time: ManualTime

    static let allFunctions = """
        [{"name": "GetStores", "args": []},
        {"name": "VerifyStore", "args": [{"name": "id", "type": "number", "nullable": false},
        {"name": "includeIndexes", "type": "bool", "nullable": false}]},
        {"name": "VerifyStores", "args": [{"name": "includeIndexes", "type": "bool", "nullable": false}]}]
        """

    init(time: ManualTime) {
        self.time = time
    }

    /// Adds answers to the calls of a function, one after the other.
    func answer(_ function: String, _ answers: FakeAnswer...) {
        state.withLock { $0.answers[function, default: []] += answers }
    }

    /// Sets what a function answers whenever no other answer is left.
    func answerAlways(_ function: String, _ answer: FakeAnswer) {
        state.withLock { $0.lastAnswers[function] = answer }
    }

    /// The calls so far, in order.
    var calls: [Call] {
        state.withLock { $0.calls }
    }

    func calls(of function: String) -> [Call] {
        calls.filter { $0.function == function }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let call = Call(
            function: request.path.split(separator: "/").last.map(String.init) ?? "",
            body: String(decoding: request.body, as: UTF8.self), uptime: time.uptime)
        let answer = state.withLock { state -> FakeAnswer? in
            state.calls.append(call)
            guard state.answers[call.function]?.isEmpty == false else { return state.lastAnswers[call.function] }
            return state.answers[call.function]?.removeFirst()
        }
        let fake = FakeServer.Call(function: call.function, arguments: [:], credentials: request.credentials)
        return try await (answer ?? FakeAnswer.raw("").behind(Latch())).respond(fake)
    }
}

extension FakeAnswer {
    /// What a process says while it runs.
    static func running(_ token: String, version: Int, log: String? = nil, percent: Int? = nil) -> FakeAnswer {
        raw(
            #"{"error": null, "token": "\#(token)", "statusVersion": \#(version), "statusCode": "running", "#
                + #""percentProgress": \#(percent.map(String.init) ?? "null"), "logOutput": \#(json(log))}"#)
    }

    /// The end of a process.
    static func ended(_ state: String = "succeeded", version: Int = 1000, log: String? = nil) -> FakeAnswer {
        raw(
            #"{"error": null, "token": null, "statusVersion": \#(version), "statusCode": "\#(state)", "#
                + #""percentProgress": null, "logOutput": \#(json(log))}"#)
    }

    private static func json(_ text: String?) -> String {
        guard let text else { return "null" }
        return "\"" + text.replacing("\r\n", with: #"\r\n"#).replacing("\n", with: #"\n"#) + "\""
    }

    /// The same answer, after `duration` on the clocks of a test.
    func taking(_ duration: Duration, on time: ManualTime) -> FakeAnswer {
        FakeAnswer { (call) throws(TransportError) in
            time.advance(by: duration)
            return try await respond(call)
        }
    }

    /// The same answer, when `look` has looked around.
    func after(_ look: @escaping @Sendable () -> Void) -> FakeAnswer {
        FakeAnswer { (call) throws(TransportError) in
            look()
            return try await respond(call)
        }
    }
}
