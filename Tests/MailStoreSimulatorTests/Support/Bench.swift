import Foundation

@testable import MailStoreSimulator

/// A core with a clock that only the test moves, and calls that look like a client's.
final class Bench {
    /// Tue, 14 Oct 2025 10:00:00 UTC, a working day.
    static let begin = 1_760_436_000.0
    /// `admin:simulated` in Base64.
    static let login = "Basic YWRtaW46c2ltdWxhdGVk"

    var core: SimulatorCore
    var real = Bench.begin

    init(history: Int = 0, _ change: (inout SimulatorOptions) -> Void = { _ in }) {
        var options = SimulatorOptions()
        options.now = { Bench.begin }
        options.start = Bench.begin
        options.history = history
        change(&options)
        core = SimulatorCore(options)
    }

    /// Calls a function without HTTP around it.
    func invoke(_ function: String, _ arguments: [String: String] = [:]) -> Envelope {
        core.advance(to: real)
        return core.invoke(function, arguments, nil, real)
    }

    /// Sends a well-made request, but for what the test changes.
    func send(
        _ path: String,
        _ form: String = "",
        _ change: (inout SimulatedRequest) -> Void = { _ in }
    ) -> Action {
        var request = SimulatedRequest(path: path, authorization: Bench.login)
        request.body = Array(form.utf8)
        request.contentLength = String(form.utf8.count)
        request.contentType = "application/x-www-form-urlencoded"
        change(&request)
        return core.begin(request, at: real)
    }

    /// The reply to a request that is answered at once; nil where it is not.
    func reply(
        _ path: String,
        _ form: String = "",
        _ change: (inout SimulatedRequest) -> Void = { _ in }
    ) -> SimulatedReply? {
        guard case .reply(let reply) = send(path, form, change) else { return nil }
        return reply
    }
}

extension SimulatedReply {
    /// The body as another program's parser understands it, without the byte order mark.
    var parsed: NSDictionary? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = body.starts(with: mark) ? Array(body.dropFirst(3)) : body
        return try? JSONSerialization.jsonObject(with: Data(text)) as? NSDictionary
    }
}

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Int? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }
}
