import MicroHTTPServer
import Testing

@Suite("Limits of connections")
struct LimitTests {
    @Test("a connection beyond the limit is served when another one ends")
    func connectionLimit() async throws {
        let order = AsyncStream.makeStream(of: String.self)
        try await withServer(.loopback { $0.connectionLimit = 1 }) { request in
            order.continuation.yield(request.path)
            return .status(200)
        } test: { server in
            let first = try await server.client()
            try await first.request("/first")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            try await second.request("/of-the-second")
            for _ in 1...20 {
                try await first.request("/first")
                #expect(try await first.reply()?.status == 200)
            }
            await first.leave()
            #expect(try await second.reply()?.status == 200)
        }
        order.continuation.finish()
        let paths = await order.stream.reduce(into: []) { $0.append($1) }
        #expect(paths == Array(repeating: "/first", count: 21) + ["/of-the-second"])
    }

    @Test("a second connection from one address is closed where only one is allowed")
    func perAddressLimit() async throws {
        try await withServer(.loopback { $0.perAddressConnectionLimit = 1 }) { _ in
            .status(200)
        } test: { server in
            let first = try await server.client()
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            #expect(try await second.isClosed())
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
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
