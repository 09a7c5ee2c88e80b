import Testing

@testable import MicroHTTPServer

@Suite("Requests that take too long", .timeLimit(.minutes(2)))
struct DeadlineTests {
    private static func options(head: Double, idle: Int) -> ServerOptions {
        .loopback {
            $0.headTimeout = head
            $0.idleTimeout = idle
            $0.maximumBodySize = 10_000
        }
    }

    /// Sends the beginning and then a byte every moment, until the server has had enough.
    private static func trickle(_ beginning: String, to client: RawClient) async throws {
        try await client.send(beginning)
        let sender = Task {
            while true {
                try await client.send("a")
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let reply = try await client.reply()
        #expect(reply == nil || reply?.status == 400)
        sender.cancel()
        _ = await sender.result
    }

    private static let beginnings = [
        "G", "GET /", "GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n",
    ]

    @Test("a request whose bytes trickle is cut, at its beginning, in its head and in its body", arguments: beginnings)
    func trickling(beginning: String) async throws {
        try await withServer(Self.options(head: 0.2, idle: 3600)) { _ in
            .status(200)
        } test: { server in
            try await Self.trickle(beginning, to: try await server.client())
            #expect(server.connectionCounts.overdue == 1)
            // On a busy machine the test itself may be too late.
            try await wait { (try? await server.answers()) == true }
        }
    }

    @Test("so is one on a connection that was answered before", arguments: beginnings)
    func tricklingLater(beginning: String) async throws {
        try await withServer(Self.options(head: 3600, idle: 1)) { _ in
            .status(200)
        } test: { server in
            // On a busy machine the first request may be too late as well, or a byte so late that the client is idle.
            try await wait {
                let client = try await server.client()
                try? await client.request("/")
                guard try await client.reply()?.status == 200 else { return false }
                let before = server.connectionCounts.overdue
                try await Self.trickle(beginning, to: client)
                return server.connectionCounts.overdue > before
            }
        }
    }

    @Test("a handshake that never begins, or never ends, is cut", arguments: ["", "\u{16}\u{3}\u{1}"])
    func handshake(beginning: String) async throws {
        let identity = try await Certificate.make().identity
        var options = Self.options(head: 0.2, idle: 3600)
        options.tls = identity
        try await withServer(options) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send(beginning)
            #expect(try await client.isClosed())
            #expect(server.connectionCounts.overdue == 1)
        }
    }

    @Test("the time limit of a request ends when the work on its reply begins")
    func laterReply() async throws {
        let gate = Signal<Void>()
        try await withServer(Self.options(head: 3, idle: 3600)) { _ in
            .later {
                _ = await gate.wait()
                return .status(200)
            }
        } test: { server in
            var waiting = try await server.client()
            // On a busy machine the request itself may be too late.
            try await wait {
                let before = server.connectionCounts.overdue
                waiting = try await server.client()
                try? await waiting.request("/")
                try await wait { server.core.activeRequests == 1 || server.connectionCounts.overdue > before }
                return server.core.activeRequests == 1
            }
            // Came after it, and is cut before it.
            let silent = try await server.client()
            #expect(try await silent.isClosed())
            gate.send()
            #expect(try await waiting.reply()?.status == 200)
        }
    }

    @Test("without time limits a connection may be silent while others are cut")
    func noLimits() async throws {
        try await withServer(Self.options(head: 0, idle: 0)) { _ in
            .status(200)
        } test: { server in
            let silent = try await server.client()
            try await withServer(Self.options(head: 0.2, idle: 3600)) { _ in
                .status(200)
            } test: { other in
                let cut = try await other.client()
                #expect(try await cut.isClosed())
            }
            try await silent.request("/")
            #expect(try await silent.reply()?.status == 200)
        }
    }
}
