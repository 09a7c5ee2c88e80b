import Collection
import Configuration
import Foundation
package import MailStoreAPI
import OperatingSystem

/// A MailStore server without a network: it answers each function as a test has told it to.
package final class FakeServer: HTTPTransport {
    /// One call as it arrived.
    package struct Call: Sendable {
        package var function: String
        package var arguments: [String: String]
        package var credentials: Credentials?

        package init(function: String, arguments: [String: String], credentials: Credentials? = nil) {
            self.function = function
            self.arguments = arguments
            self.credentials = credentials
        }
    }

    private struct State {
        var answers: [String: [FakeAnswer]]
        var calls: [Call] = []
    }

    private let state: Locked<State>
    private let time: ManualTime
    /// How long each call takes on the test's clock.
    private let latency: Duration

    package init(time: ManualTime, latency: Duration = .zero) {
        self.time = time
        self.latency = latency
        let metadata = InformationalFunction.allCases.map { #"{"name": "\#($0.rawValue)", "args": []}"# }
        let empty: [InformationalFunction: String] = [
            .getServerInfo: #"{"version": "25.3.1.23021", "machineName": "ARCHIVE"}"#, .getLicenseInformation: "{}",
        ]
        var answers = ["get-metadata": [FakeAnswer.raw("[\(metadata.joined(separator: ","))]")]]
        for function in InformationalFunction.allCases {
            answers[function.rawValue] = [.result(empty[function] ?? "[]")]
        }
        state = Locked(State(answers: answers))
    }

    /// Sets what a function answers: one after the other, the last one from then on.
    package func answer(_ function: InformationalFunction, _ answers: FakeAnswer...) {
        state.withLock { $0.answers[function.rawValue] = answers }
    }

    package func answer(metadata answers: FakeAnswer...) {
        state.withLock { $0.answers["get-metadata"] = answers }
    }

    /// The calls so far, in order.
    package var calls: [Call] {
        state.withLock { $0.calls }
    }

    package func calls(of function: InformationalFunction) -> [Call] {
        calls.filter { $0.function == function.rawValue }
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let call = Call(request)
        let answer = state.withLock { state -> FakeAnswer? in
            state.calls.append(call)
            guard let answers = state.answers[call.function], let first = answers.first else { return nil }
            if answers.count > 1 { state.answers[call.function] = Array(answers.dropFirst()) }
            return first
        }
        time.advance(by: latency)
        guard let answer else { throw TransportError(kind: .connect, description: "no answer is set") }
        return try await answer.respond(call)
    }
}

extension InformationalFunction {
    /// The functions of all collectors of MailStore Server.
    package static let allCases = functions(of: .server)
    /// The functions of all collectors of the Service Provider Edition.
    package static let ofServiceProvider = functions(of: .serviceProvider)

    private static func functions(of edition: Edition) -> [InformationalFunction] {
        Collectors.all.map { type(of: $0) }.filter { $0.name.editions.contains(edition) }.flatMap { $0.allFunctions }
    }
}

extension FakeServer.Call {
    fileprivate init(_ request: HTTPRequest) {
        function = request.path.split(separator: "/").last.map(String.init) ?? ""
        arguments = [:]
        for field in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            arguments[String(parts[0])] = parts.dropFirst().joined().replacing("+", with: " ").removingPercentEncoding
        }
        credentials = request.credentials
    }
}

/// What becomes of one call to a ``FakeServer``.
package struct FakeAnswer: Sendable {
    package let respond: @Sendable (FakeServer.Call) async throws(TransportError) -> HTTPResponse

    package init(_ respond: @escaping @Sendable (FakeServer.Call) async throws(TransportError) -> HTTPResponse) {
        self.respond = respond
    }

    /// A reply as it stands.
    package static func raw(
        _ body: String, status: Int = 200, date: String? = nil, certificate: CertificateInfo? = nil
    ) -> FakeAnswer {
        let response = HTTPResponse(
            status: status, body: Array(body.utf8), date: date, contentType: "application/json",
            certificate: certificate)
        return FakeAnswer { (_) throws(TransportError) in response }
    }

    /// A call that succeeded, with the result in JSON.
    package static func result(_ json: String, date: String? = nil, certificate: CertificateInfo? = nil) -> FakeAnswer {
        raw(
            #"{"error": null, "token": null, "statusVersion": 2, "statusCode": "succeeded", "result": \#(json)}"#,
            date: date, certificate: certificate)
    }

    /// A call that failed on the server, with HTTP status 200.
    package static func failed(_ exception: String, _ message: String = "It went wrong.") -> FakeAnswer {
        raw(
            #"""
            {"error": {"message": "\#(message)", "details": "\#(exception): \#(message)\r\n   at Somewhere()"},
            "token": null, "statusVersion": 2, "statusCode": "failed", "result": null}
            """#)
    }

    package static func status(_ status: Int) -> FakeAnswer {
        raw("", status: status)
    }

    /// No complete reply.
    package static func broken(
        _ kind: TransportError.Kind, certificate: CertificateInfo? = nil, wasSent: Bool = true
    ) -> FakeAnswer {
        FakeAnswer { (_) throws(TransportError) in
            throw TransportError(
                kind: kind, description: "the exchange failed", certificate: certificate, wasSent: wasSent)
        }
    }

    /// The same answer, once the latch is open.
    package func behind(_ latch: Latch) -> FakeAnswer {
        FakeAnswer { (call) throws(TransportError) in
            await latch.passed()
            if Task.isCancelled { throw TransportError(kind: .cancelled, description: "cancelled") }
            return try await respond(call)
        }
    }
}
