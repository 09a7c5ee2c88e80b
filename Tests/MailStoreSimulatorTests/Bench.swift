import Foundation

@testable import MailStoreSimulator

/// A core whose clock only the test moves, with calls like those of a client.
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

    /// Calls a function without HTTP.
    func invoke(_ function: String, _ arguments: [String: String] = [:]) -> SimulatedEnvelope {
        core.advance(to: real)
        return core.invoke(function, arguments, nil, real)
    }

    /// Sends a correct request, after the test has changed it.
    func send(
        _ path: String,
        _ form: String = "",
        _ change: (inout SimulatedRequest) -> Void = { _ in }
    ) -> RequestProgress {
        var request = SimulatedRequest(path: path, authorization: Bench.login)
        request.body = Array(form.utf8)
        request.contentLength = String(form.utf8.count)
        request.contentType = "application/x-www-form-urlencoded"
        change(&request)
        return core.begin(request, at: real)
    }

    /// Sends a request and returns its reply; nil if it has to wait.
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
    /// The value of the first header with exactly this name.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The body as another JSON parser reads it, without the byte order mark.
    var parsed: NSDictionary? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = body.starts(with: mark) ? Array(body.dropFirst(3)) : body
        return try? JSONSerialization.jsonObject(with: Data(text)) as? NSDictionary
    }
}

extension JSONValue {
    /// The first member with this name, if this is an object that has one.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element at this index, if this is an array that has one.
    subscript(index: Int) -> JSONValue? {
        guard elements.indices.contains(index) else { return nil }
        return elements[index]
    }

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

/// The real `curl` program, as an independent client.
struct CurlProgram {
    var status: Int32
    var output: String

    /// Runs curl for at most ten seconds, and without the machine's configuration.
    static func run(_ arguments: [String]) async throws -> CurlProgram {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own, since waiting would block one of the few threads that tasks share.
            Thread.detachNewThread {
                continuation.resume(with: Result { try runAndWait(arguments) })
            }
        }
    }

    private static func runAndWait(_ arguments: [String]) throws -> CurlProgram {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-q", "--silent", "--noproxy", "*", "--max-time", "10"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return CurlProgram(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
