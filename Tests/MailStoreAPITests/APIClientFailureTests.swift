import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("Failures of calls", .timeLimit(.minutes(1)))
struct APIClientFailureTests {
    @Test("a status from a program that names itself is ascribed to it, unless it is the HTTP service of Windows")
    func answeredBy() {
        let proxy = APIError(status: 502, function: "GetStores", answeredBy: "nginx/1.22.1")
        #expect(proxy.description.hasPrefix(#""nginx/1.22.1" answered with HTTP status 502"#))
        let server = APIError(status: 500, function: "GetStores", answeredBy: "Microsoft-HTTPAPI/2.0")
        #expect(server.description.hasPrefix("the server answered with HTTP status 500"))
    }

    @Test(
        "each HTTP status has its reason and names its remedy",
        arguments: [
            (401, .unauthorized, ["(401)", "user name", "password", "privilege \"api\"", "admin", "multi-factor"]),
            (403, .forbidden, ["(403)", "MailStore administrator"]),
            (404, .httpStatus, ["(404)", "URL"]),
            (301, .httpStatus, ["(301)", "redirect", "proxy", "not followed"]),
            (302, .httpStatus, ["(302)", "redirect"]), (399, .httpStatus, ["(399)", "redirect"]),
            (204, .httpStatus, ["204"]), (400, .httpStatus, ["400"]), (411, .httpStatus, ["411"]),
            (500, .httpStatus, ["500", "service log"]), (503, .httpStatus, ["503", "service log"]),
        ] as [(Int, APIError.Reason, [String])])
    func statuses(status: Int, reason: APIError.Reason, words: [String]) async throws {
        // The body would be a good reply: the status alone decides.
        let fixture = ClientFixture(.reply(Replies.succeeded(#"{"version": "1"}"#), status: status))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == reason)
        #expect(error.httpStatus == status)
        #expect(error.function == "GetServerInfo")
        #expect(error.wasSent)
        for word in words { #expect(error.description.contains(word)) }
        #expect(!error.description.contains("correct horse"))
        #expect(fixture.login.outcomes == [reason])
        #expect(fixture.observer.records.map { $0.error?.reason } == [reason])
        #expect(fixture.observer.failures.isEmpty)
    }

    @Test(
        "each failure of the transport has its reason, and keeps its words and its certificate",
        arguments: zip(
            TransportError.Kind.allCases,
            [.dns, .connect, .tls, .timeout, .badReply, .tooLarge, .cancelled] as [APIError.Reason]))
    func transport(kind: TransportError.Kind, reason: APIError.Reason) async throws {
        let certificate = CertificateInfo(
            notAfter: 2, notBefore: 1, subject: "CN=a", issuer: "CN=b", publicKeyPin: "sha256//x", verified: false)
        let fixture = ClientFixture(
            .failure(TransportError(kind: kind, description: "what and what to do", certificate: certificate)))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == reason)
        #expect(error.description == "what and what to do")
        #expect(error.httpStatus == nil)
        let record = try #require(fixture.observer.records.first)
        #expect(record.status == nil)
        #expect(record.replySize == 0)
        #expect(record.certificate == certificate)
        #expect(record.error?.reason == reason)
        #expect(fixture.login.outcomes == [reason])
    }

    @Test("an error structure is a failure, though the HTTP status is 200")
    func errorStructure() async throws {
        let fixture = ClientFixture(
            .reply(
                Replies.failed(
                    message: "Der Wert darf nicht leer sein.",
                    details: #"System.InvalidOperationException: Nullable object must have a value.\r\n   at X"#)))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == .apiError)
        #expect(error.exception == "System.InvalidOperationException")
        #expect(error.httpStatus == nil)
        #expect(
            error.description
                == "GetServerInfo failed on the server: Der Wert darf nicht leer sein. (System.InvalidOperationException)"
        )
        #expect(fixture.observer.records.map { $0.status } == [200])
        #expect(fixture.observer.records.map { $0.error?.exception } == ["System.InvalidOperationException"])
        #expect(fixture.observer.failures.isEmpty)
    }

    @Test("an error structure without words is a failure all the same")
    func emptyErrorStructure() async throws {
        let fixture = ClientFixture(.reply(#"{"error": {}, "statusCode": "succeeded", "result": {}}"#))
        let error = try await fixture.serverInfoFailure()
        #expect(error.description == "GetServerInfo failed on the server: no message (unknown)")
        #expect(error.exception == "unknown")
    }

    @Test("a message of any length is cut", arguments: ["x", #"\u0301"#])
    func longMessage(character: String) async throws {
        let message = String(repeating: character, count: 100_000)
        let fixture = ClientFixture(.reply(Replies.failed(message: message, details: message)))
        let error = try await fixture.serverInfoFailure()
        #expect(error.description.unicodeScalars.count < 400)
    }

    @Test("a state that is neither running nor succeeded is a failure", arguments: ["failed", "cancelled", "odd", ""])
    func states(state: String) async throws {
        let fixture = ClientFixture(.reply(#"{"error": null, "statusCode": "\#(state)", "result": {}}"#))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == .apiError)
        #expect(error.exception == nil)
        #expect(error.description == "GetServerInfo ended in the state “\(state)”")
        #expect(fixture.observer.records.map { $0.error?.reason } == [nil])
        #expect(fixture.observer.failures.map(\.reason) == [.apiError])
    }

    @Test(
        "a web page is told from broken JSON",
        arguments: [
            ("<!DOCTYPE html><html></html>", "text/html", "text/html"),
            ("\u{FEFF}\r\n <html>", nil, "no content type"),
            ("<?xml version=\"1.0\"?>", String(repeating: "x", count: 5000), String(repeating: "x", count: 100)),
        ] as [(String, String?, String)])
    func webPage(body: String, contentType: String?, type: String) async throws {
        let description = { (function: String) in
            "\(function): the reply is a web page (\(type)), not JSON: check that the URL is that of MailStore's "
                + "Administration API, whose default port is 8463"
        }
        let fixture = ClientFixture(.reply(body, contentType: contentType), .reply(body, contentType: contentType))
        let error = try await fixture.serverInfoFailure()
        #expect(error.reason == .badReply)
        #expect(error.description == description("GetServerInfo"))
        let metadataError = await #expect(throws: APIError.self) {
            try await fixture.client.metadata(by: fixture.deadline())
        }
        #expect(metadataError?.description == description("get-metadata"))
    }

    @Test(
        "a reply that does not fit names its place",
        arguments: [
            ("", "GetStores: unexpected reply: expected an object, found the end of the document (at byte 0)"),
            (
                "{}",
                "GetStores: unexpected reply: there is no statusCode, so this is no reply of MailStore's API "
                    + "(at byte 2)"
            ),
            (
                #"{"statusCode": []}"#,
                "GetStores: unexpected reply: there is no statusCode, so this is no reply of MailStore's API "
                    + "(at byte 18)"
            ),
            (
                #"{"statusCode": "succeeded"}"#,
                "GetStores: unexpected reply at result: there is no result (at byte 27)"
            ),
            (
                #"{"statusCode": "succeeded", "result": [{"name": "A"}, {"id": null}]}"#,
                "GetStores: unexpected reply at result[0]: a store has no id (at byte 52)"
            ),
            (
                #"{"statusCode": "running", "token": null}"#,
                "GetStores: unexpected reply at token: the call still runs on the server, but the reply has "
                    + "no token to ask for its result (at byte 0)"
            ),
        ])
    func badReplies(body: String, description: String) async throws {
        let fixture = ClientFixture(.reply(body))
        let error = await #expect(throws: APIError.self) {
            try await fixture.client.invoke(.getStores, as: [Store].self, by: fixture.deadline())
        }
        #expect(error?.reason == .badReply)
        #expect(error?.description == description)
        // Whether the frame or the result does not fit, it is told exactly once.
        let told = fixture.observer.records.compactMap(\.error) + fixture.observer.failures
        #expect(told.map(\.description) == [description])
    }

    @Test("a call that fails does no harm to the next one")
    func recovery() async throws {
        let fixture = ClientFixture(
            .reply("garbage"), .failure(TransportError(kind: .connect, description: "closed")),
            .reply("", status: 500), .reply(Replies.succeeded(#"{"version": "1"}"#)), limit: 1)
        for _ in 0..<3 { _ = try await fixture.serverInfoFailure() }
        #expect(try await fixture.serverInfo().version == "1")
        #expect(fixture.login.outcomes == [.badReply, .connect, .httpStatus, nil])
    }
}
