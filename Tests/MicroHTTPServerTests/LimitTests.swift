import MicroHTTPServer
import Testing

@Suite("Limits of connections", .timeLimit(.minutes(2)))
struct LimitTests {
    @Test("a client above the limit is told to come again, and served when there is room")
    func connectionLimit() async throws {
        try await withServer(.loopback { $0.connectionLimit = 1 }) { _ in
            .status(200)
        } test: { server in
            let first = try await server.client()
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            try await second.request("/")
            let reply = try #require(try await second.reply())
            #expect(reply.status == 503)
            #expect(reply.header("retry-after") == "5")
            #expect(reply.header("connection")?.lowercased() == "close")
            #expect(reply.text == "503 Service Unavailable: too many connections\n")
            #expect(try await second.isClosed())
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            #expect(server.connectionCounts.refused == 1)
            await first.leave()
            try await wait { server.connectionCounts.open == 0 }
            #expect(try await server.answers())
        }
    }

    @Test("clients of one address that has enough connections leave those of others room")
    func perAddressLimit() async throws {
        try await withServer(.loopback { $0.perAddressConnectionLimit = 1 }) { _ in
            .status(200)
        } test: { server in
            let first = try await server.client()
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            try await second.request("/")
            #expect(try await second.reply()?.status == 503)
            #expect(try await server.answers(from: "127.0.0.9"))
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
        }
    }

    @Test("a body that comes with a request above the limit changes nothing")
    func bodyAboveTheLimit() async throws {
        try await withServer(
            .loopback {
                $0.connectionLimit = 1
                $0.maximumBodySize = 100
            }
        ) { _ in
            .status(200)
        } test: { server in
            let first = try await server.client()
            try await wait { server.connectionCounts.open == 1 }
            let second = try await server.client()
            try await second.request("/", method: "POST", headers: "Content-Length: 5")
            #expect(try await second.reply()?.status == 503)
            #expect(try await second.isClosed())
            await first.leave()
        }
    }

    @Test("beyond the reserve for refusals connections are closed at once, and never more are open")
    func beyondTheReserve() async throws {
        let limitAndReserve = 5
        try await withServer(.loopback { $0.connectionLimit = 1 }) { _ in
            .status(200)
        } test: { server in
            var clients: [RawClient] = []
            while server.connectionCounts.dropped < 20 {
                clients.append(try await server.client())
                #expect(server.connectionCounts.open <= limitAndReserve)
            }
            for client in clients { await client.leave() }
            try await wait { server.connectionCounts.open == 0 }
            #expect(try await server.answers())
        }
    }

    @Test("a connection that stays silent is closed", arguments: ["", "GET / HTTP/1.1\r\nHost: "])
    func idleTimeout(beginning: String) async throws {
        try await withServer(.loopback { $0.idleTimeout = 1 }) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send(beginning)
            // Either without a word or with 408 (RFC 9110, 15.5.9).
            let reply = try await client.reply()
            #expect(reply == nil || reply?.status == 408)
            #expect(try await client.isClosed())
        }
    }
}
