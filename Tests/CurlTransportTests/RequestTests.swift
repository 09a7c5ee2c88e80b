import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("What goes over the wire")
struct RequestTests {
    // base64 of "admin:pa:ss wörd" in UTF-8.
    static let authorization = "Basic YWRtaW46cGE6c3Mgd8O2cmQ="

    @Test("an empty body is sent with Content-Length: 0, no content type, and the login at once")
    func emptyBody() async throws {
        let setup = try Setup()
        let reply = try await setup.send("/echo")
        #expect(
            reply.text == """
                POST /echo HTTP/1.1\r
                Host: 127.0.0.1:\(setup.server.port)\r
                Authorization: \(Self.authorization)\r
                User-Agent: tests/1\r
                Accept: */*\r
                Content-Length: 0\r
                \r

                """)
        #expect(try setup.server.requests() == 1)
    }

    @Test("a body is sent as a form, with its length")
    func body() async throws {
        let setup = try Setup()
        let reply = try await setup.send("/echo", body: "raw=true&name=J%C3%BCrgen")
        #expect(
            reply.text == """
                POST /echo HTTP/1.1\r
                Host: 127.0.0.1:\(setup.server.port)\r
                Authorization: \(Self.authorization)\r
                User-Agent: tests/1\r
                Accept: */*\r
                Content-Length: 25\r
                Content-Type: application/x-www-form-urlencoded\r
                \r
                raw=true&name=J%C3%BCrgen
                """)
    }

    @Test("a body larger than a megabyte is sent without asking for leave first")
    func largeBody() async throws {
        let setup = try Setup()
        let body = String(repeating: "a", count: 2_000_000)
        let reply = try await setup.send("/echo", body: body)
        let head = reply.text.prefix(400)
        #expect(head.contains("Content-Length: 2000000\r\n"))
        #expect(!head.contains("Expect"))
        #expect(reply.text.hasSuffix("\r\n\r\n" + body))
    }

    @Test("nothing of an earlier request on the same connection is sent again")
    func nothingIsLeftOver() async throws {
        let setup = try Setup()
        _ = try await setup.send("/echo", body: "secret=1")
        let reply = try await setup.transport.send(
            HTTPRequest(path: "/echo", credentials: nil, timeout: .seconds(20)))
        #expect(
            reply.text == """
                POST /echo HTTP/1.1\r
                Host: 127.0.0.1:\(setup.server.port)\r
                User-Agent: tests/1\r
                Accept: */*\r
                Content-Length: 0\r
                \r

                """)
        #expect(try setup.server.connections() == 1)
    }

    @Test("a base URL may have a path and a slash at its end", arguments: ["/echo/below", "/echo/below/"])
    func path(suffix: String) async throws {
        let setup = try Setup { $0.baseURL += suffix }
        let reply = try await setup.send("/api")
        #expect(reply.text.hasPrefix("POST /echo/below/api HTTP/1.1\r\n"))
    }

    @Test(
        "a URL that is not plain https is refused, and user information in it is not repeated",
        arguments: ["http://127.0.0.1:1", "ftp://127.0.0.1:1", "https://admin:hunter2@127.0.0.1:1", "https://", ""])
    func refusedURLs(url: String) async throws {
        let transport = CurlTransport(engine: CurlEngine(), options: CurlOptions(baseURL: url))
        let error = try await transport.failure()
        #expect(error.kind == .connect)
        #expect(error.description.contains("https://host:8463"))
        #expect(!error.description.contains("hunter2"))
    }
}
