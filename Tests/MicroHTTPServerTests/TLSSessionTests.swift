import Testing

@testable import MicroHTTPServer

@Suite("TLS sessions", .timeLimit(.minutes(2)))
struct TLSSessionTests {
    private static func options(_ authentication: TLSPolicy.ClientAuthentication = .none) async throws -> ServerOptions
    {
        var options = ServerOptions.loopback()
        options.tls = try await Certificate.make().identity
        options.tlsPolicy.clientAuthentication = authentication
        return options
    }

    /// How many of five further connections resume the session of the first.
    private static func resumptions(_ server: HTTPServer) async throws -> Int {
        let output = try await Program.run(
            "openssl", "s_client", "-connect", "\(server.host):\(server.port)", "-reconnect", "-tls1_2")
        return output.text.split(separator: "\n").count { $0.hasPrefix("Reused, TLSv") }
    }

    @Test("can be resumed")
    func resumed() async throws {
        try await withServer(try await Self.options()) { _ in
            .status(200)
        } test: { server in
            let count = try await Self.resumptions(server)
            #expect(count == 5)
        }
    }

    @Test("cannot be resumed where clients show a certificate, which would not be checked again")
    func notResumed() async throws {
        try await withServer(try await Self.options(.request)) { _ in
            .status(200)
        } test: { server in
            let count = try await Self.resumptions(server)
            #expect(count == 0)
        }
    }

    @Test(
        "a client that speaks plain HTTP is told to use HTTPS",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD / HTTP/1.0\r\n\r\n", "get / http/1.1\r\n\r\n", "P",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n" + String(repeating: "a", count: 20_000),
        ])
    func plain(text: String) async throws {
        try await withServer(try await Self.options()) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send(text)
            let reply = try #require(try await client.reply())
            #expect(reply.status == 400)
            #expect(reply.text == "400 Bad Request: this port speaks HTTPS: use https:// in the address\n")
            #expect(try await client.isClosed())
            try await wait { server.connectionCounts.open == 0 }
        }
    }
}
