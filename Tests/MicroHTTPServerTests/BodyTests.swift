import MicroHTTPServer
import Testing

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
