import MicroHTTPServer
import Testing

@Suite("Requests and their responses")
struct RequestTests {
    @Test("method, path, query and headers are looked up as they were sent")
    func lookups() async throws {
        try await withServer { request in
            let facts = [
                request.method, request.path, request.query("target") ?? "none", request.query("debug") ?? "none",
                request.query("absent") ?? "none", request.header("accept-ENCODING") ?? "none",
                request.header("X-Absent") ?? "none", request.clientAddress, "\(request.body.count)",
            ]
            return .respond(status: 200, Response(text: facts.joined(separator: "|")))
        } test: { server in
            let client = try await server.client()
            try await client.request("/a%20b?target=mail%2B1+x&debug", headers: "Accept-Encoding: gzip")
            let reply = try await client.reply()
            #expect(reply?.text == "GET|/a b|mail+1 x||none|gzip|none|127.0.0.1|0")
        }
    }

    @Test("the status, the headers and the body of a response are sent as they are")
    func response() async throws {
        let response = Response(
            Array("ü\n".utf8),
            headers: [
                (name: "Content-Type", value: "text/x-test; charset=utf-8"), (name: "X-A", value: "1"),
                (name: "Date", value: "Thu, 01 Jan 1970 00:00:00 GMT"),
            ])
        try await withServer { _ in
            .respond(status: 418, response)
        } test: { server in
            let client = try await server.client()
            try await client.request("/")
            let reply = try #require(try await client.reply())
            #expect(reply.status == 418)
            #expect(reply.text == "ü\n")
            #expect(reply.header("content-type") == "text/x-test; charset=utf-8")
            #expect(reply.header("x-a") == "1")
            #expect(reply.headers.filter { $0.name == "date" }.map(\.value) == ["Thu, 01 Jan 1970 00:00:00 GMT"])
            #expect(reply.header("server") == nil)
        }
    }

    @Test("a header with a line break in it is left out")
    func headerInjection() async throws {
        let response = Response([], headers: [(name: "X-A", value: "1\r\nX-B: 2"), (name: "X-C", value: "3")])
        try await withServer { _ in
            .respond(status: 200, response)
        } test: { server in
            let client = try await server.client()
            try await client.request("/")
            let reply = try #require(try await client.reply())
            #expect(reply.header("x-a") == nil)
            #expect(reply.header("x-b") == nil)
            #expect(reply.header("x-c") == "3")
        }
    }

    @Test("HEAD is answered with the length of the body and without the body")
    func head() async throws {
        try await withServer { _ in
            .respond(status: 200, Response(text: "12345"))
        } test: { server in
            let client = try await server.client()
            try await client.request("/", method: "HEAD")
            let reply = try #require(try await client.reply(toHead: true))
            #expect(reply.header("content-length") == "5")
            try await client.request("/")
            #expect(try await client.reply()?.text == "12345")
        }
    }

    @Test("methods that HTTP does not know reach the handler", arguments: ["DELETE", "PROPFIND", "BREW"])
    func unknownMethod(method: String) async throws {
        try await withServer {
            .respond(status: 405, Response(text: $0.method))
        } test: { server in
            let client = try await server.client()
            try await client.request("/", method: method)
            let reply = try await client.reply()
            #expect(reply?.status == 405)
            #expect(reply?.text == method)
        }
    }

    @Test("a connection is kept for the next request")
    func keepAlive() async throws {
        try await withServer {
            .respond(status: 200, Response(text: $0.path))
        } test: { server in
            let client = try await server.client()
            for number in 1...50 {
                try await client.request("/\(number)")
                #expect(try await client.reply()?.text == "/\(number)")
            }
        }
    }

    @Test("requests sent without waiting are answered in their order, slow ones among them")
    func pipelining() async throws {
        try await withServer { request in
            let path = request.path
            let reply = Reply.respond(status: 200, Response(text: path))
            return path.hasSuffix("3") ? .later { reply } : reply
        } test: { server in
            let client = try await server.client()
            try await client.send((1...20).map { "GET /\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
            for number in 1...20 {
                #expect(try await client.reply()?.text == "/\(number)")
            }
        }
    }

    @Test("the curl program reads a page over one kept connection")
    func curl() async throws {
        try await withServer {
            .respond(status: 200, Response(text: $0.path))
        } test: { server in
            let url = "http://127.0.0.1:\(server.port)"
            let output = try await Program.run(
                "curl", "-sS", "-w", "%{http_code} %{num_connects}\n", "\(url)/a", "\(url)/b")
            #expect(output.exitCode == 0)
            #expect(output.text == "/a200 1\n/b200 0\n")
        }
    }

    @Test("a status alone has its name as text", arguments: [(404, "404 Not Found\n"), (599, "599 Unknown\n")])
    func statusReply(status: Int, text: String) async throws {
        try await withServer { _ in
            .status(status)
        } test: { server in
            let client = try await server.client()
            try await client.request("/")
            let reply = try await client.reply()
            #expect(reply?.status == status)
            #expect(reply?.text == text)
        }
    }

    @Test("a reply of disconnect closes the connection without a byte")
    func disconnect() async throws {
        try await withServer {
            $0.path == "/" ? .status(200) : .disconnect
        } test: { server in
            let client = try await server.client()
            try await client.request("/gone")
            #expect(try await client.isClosed())
            #expect(try await server.answers())
        }
    }
}

@Suite("Bodies of requests")
struct BodyTests {
    private static let echo: @Sendable (borrowing Request) -> Reply = { request in
        .respond(status: 200, Response(request.body))
    }

    @Test("a body reaches the handler whole", arguments: [1, 1000, 100_000, 1_000_000])
    func wholeBody(size: Int) async throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await withServer(.loopback { $0.maximumBodySize = 1_000_000 }, handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: "Content-Length: \(size)")
            try await client.send(body)
            let reply = try #require(try await client.reply())
            #expect(reply.status == 200)
            #expect(reply.body == body)
        }
    }

    @Test("a body in chunks reaches the handler joined")
    func chunkedBody() async throws {
        try await withServer(.loopback { $0.maximumBodySize = 100 }, handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: "Transfer-Encoding: chunked")
            try await client.send("3\r\nabc\r\n")
            try await client.send("2\r\nde\r\n0\r\n\r\n")
            #expect(try await client.reply()?.text == "abcde")
            try await client.request("/")
            #expect(try await client.reply()?.text == "")
        }
    }

    @Test(
        "a body that is announced as too large is refused before it is sent",
        arguments: [
            (0, "Content-Length: 1"), (0, "Transfer-Encoding: chunked"), (10, "Content-Length: 11"),
            (10, "Content-Length: 9223372036854775807"),
        ])
    func announcedTooLarge(limit: Int, header: String) async throws {
        try await withServer(.loopback { $0.maximumBodySize = limit }, handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: header)
            #expect(try await client.reply()?.status == 413)
            #expect(try await client.isClosed())
            #expect(try await server.answers())
        }
    }

    @Test("an empty body is no body")
    func emptyBody() async throws {
        try await withServer(handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: "Content-Length: 0")
            #expect(try await client.reply()?.status == 200)
        }
    }

    @Test("a body in chunks that grows too large is answered 413")
    func chunkedTooLarge() async throws {
        try await withServer(.loopback { $0.maximumBodySize = 4 }, handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: "Transfer-Encoding: chunked")
            try await client.send("3\r\nabc\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n")
            #expect(try await client.reply()?.status == 413)
            #expect(try await server.answers())
        }
    }

    @Test("a body in chunks that never ends is cut off")
    func endless() async throws {
        try await withServer(.loopback { $0.maximumBodySize = 4 }, handler: Self.echo) { server in
            let client = try await server.client()
            try await client.request("/", method: "POST", headers: "Transfer-Encoding: chunked")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65536) + "\r\n"
            // The limit of what is thrown away is 1 MiB; the sockets' buffers hold some more.
            await #expect(throws: SystemCallError.self) {
                for _ in 0..<1000 { try await client.send(chunk) }
            }
            #expect(try await server.answers())
        }
    }

    @Test("the curl program may ask whether to send its body")
    func expectContinue() async throws {
        try await withServer(.loopback { $0.maximumBodySize = 10 }, handler: Self.echo) { server in
            let output = try await Program.run(
                "curl", "-sS", "-H", "Expect: 100-continue", "-d", "0123456789", "http://127.0.0.1:\(server.port)/")
            #expect(output.text == "0123456789")
        }
    }
}
