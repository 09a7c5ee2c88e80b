import Foundation
import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("A password that the server repeats is not shown", .timeLimit(.minutes(1)))
struct LoginFilterTests {
    private static let password = #"Pa"ss\wörd & <1>+2"#
    private static let credentials = Credentials(username: "admin", password: Secret(password))

    @Test(
        "every form in which a server may repeat it is removed",
        arguments: [
            password, "Pa%22ss%5Cw%C3%B6rd+%26+%3C1%3E%2B2", "pa%22ss%5cw%c3%b6rd%20%26%20%3c1%3e%2b2",
            #"Pa\"ss\\wörd & <1>+2"#, #"Pa\"ss\\w\u00F6rd \u0026 \u003C1\u003E\u002B2"#,
            "Pa&quot;ss\\wörd &amp; &lt;1&gt;+2",
            "Basic " + Data("admin:\(password)".utf8).base64EncodedString(), Data(password.utf8).base64EncodedString(),
        ])
    func forms(form: String) {
        let text = "The login [\(form)] is wrong."
        let filter = LoginFilter(Self.credentials)
        #expect(filter.filtered(text).hasPrefix("The login ["))
        #expect(filter.filtered(text).contains("<secret>"))
        for part in ["ss\\w", "ss%5", "ss\\\\w", "%3C1", "YWRtaW4", "&lt;1"] {
            #expect(!filter.filtered(text).lowercased().contains(part.lowercased()))
        }
        #expect(String(decoding: filter.filtered(Array(text.utf8)), as: UTF8.self) == filter.filtered(text))
    }

    @Test("other text stays as it is")
    func otherText() {
        let filter = LoginFilter(Credentials(username: "admin", password: Secret("correct horse")))
        #expect(filter.filtered("admin may not correct the horse") == "admin may not correct the horse")
    }

    @Test("it is in no error, no record and no raw reply")
    func client() async throws {
        let password = RecordingLogin.credentials.password.exposed
        let basic = Data("monitor:\(password)".utf8).base64EncodedString()
        // Longer than what an error shows of a message, so that a cut could keep the beginning of the password.
        let message = String(repeating: "x", count: 292) + password
        let reply = Replies.failed(
            message: message, details: "System.Exception: \(password) Basic \(basic)\\r\\n at A()")
        let fixture = ClientFixture(.reply(reply), .reply(reply))
        let error = try await fixture.serverInfoFailure()
        #expect(error.description.contains("xxx<secret"))
        let sent = try await fixture.client.send("GetServerInfo", [], by: fixture.deadline())
        #expect(sent.envelope.error?.message.contains("<secret>") == true)
        var texts = [error.description, String(decoding: sent.envelope.body, as: UTF8.self)]
        texts += [sent.envelope.error?.message ?? "", sent.envelope.error?.details ?? ""]
        texts += fixture.observer.records.compactMap { $0.error?.description }
        texts += fixture.observer.failures.map(\.description)
        #expect(texts.count == 6)
        for text in texts {
            #expect(!text.contains("correct"))
            #expect(!text.contains(basic))
        }
    }

    @Test("a result is not changed, also where it contains the same text")
    func results() async throws {
        let password = RecordingLogin.credentials.password.exposed
        let fixture = ClientFixture(.reply(Replies.succeeded(#"{"machineName": "\#(password)"}"#)))
        #expect(try await fixture.serverInfo().machineName == password)
    }

    @Test("headers that repeat the login are filtered where they are shown")
    func headers() async throws {
        let basic = "Basic " + Data("monitor:\(RecordingLogin.credentials.password.exposed)".utf8).base64EncodedString()
        let fixture = ClientFixture(
            ScriptedTransport.Answer { (_) throws(TransportError) in
                var response = HTTPResponse(status: 200, body: Array(Replies.succeeded("{}").utf8))
                response.headers = [("X-Debug", basic)]
                return response
            })
        let sent = try await fixture.client.send("GetServerInfo", [], wantsHeaders: true, by: fixture.deadline())
        #expect(sent.response.headers.map(\.value) == ["Basic <secret>"])
    }
}
