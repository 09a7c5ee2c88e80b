import Testing

@testable import MicroHTTPServer

// The time limits of the server are longer than those of the tests: what ends a connection is the end of its client.
// Serialized, because each case has a server with descriptors and threads of its own.
@Suite("Clients that end a connection", .serialized, .timeLimit(.minutes(2)))
struct EndOfClientTests {
    private static let options = ServerOptions.loopback {
        $0.headTimeout = 3600
        $0.idleTimeout = 3600
        $0.maximumBodySize = 100
    }
    private static let large = Response(pattern(4 << 20, seed: 1))

    /// Immediate, later and large replies, and one that waits for the gate.
    private static func withServer(_ gate: Signal<Void> = Signal(), test: (HTTPServer) async throws -> Void)
        async throws
    {
        try await MicroHTTPServerTests.withServer(options) { request in
            switch request.path {
            case "/later": .later { .status(200) }
            case "/twice": .later { .later { .status(200) } }
            case "/gate":
                .later {
                    _ = await gate.wait()
                    return .status(200)
                }
            case "/large": .respond(status: 200, large)
            case "/large/later": .later { .respond(status: 200, large) }
            default: .status(200)
            }
        } test: { server in
            try await test(server)
        }
    }

    private static let paths = ["/", "/later", "/twice", "/large", "/large/later"]

    @Test("one that closes its sending side after a request gets the reply, and its connection ends", arguments: paths)
    func halfClosed(path: String) async throws {
        try await Self.withServer { server in
            for round in 0..<40 {
                let client = try await server.client()
                if round.isMultiple(of: 2) {
                    // The end comes in a segment of its own.
                    try await client.request(path)
                } else {
                    try await client.send("GET \(path) HTTP/1.1\r\nHost: ")
                    try await client.send("x\r\n\r\n")
                }
                await client.finishSending()
                let reply = try #require(try await client.reply(), "round \(round)")
                #expect(reply.status == 200 && reply.isComplete)
                #expect(try await client.isClosed())
            }
            try await wait { server.connectionCounts.open == 0 }
        }
    }

    @Test("so does one on a connection that it has used before", arguments: paths)
    func halfClosedLater(path: String) async throws {
        try await Self.withServer { server in
            let client = try await server.client()
            for _ in 1...3 {
                try await client.request(path)
                #expect(try await client.reply()?.isComplete == true)
            }
            try await client.request(path)
            await client.finishSending()
            #expect(try await client.reply()?.isComplete == true)
            #expect(try await client.isClosed())
        }
    }

    @Test("several requests and then the end are all answered")
    func pipelined() async throws {
        try await Self.withServer { server in
            let client = try await server.client()
            try await client.send(
                Self.paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
                    + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            await client.finishSending()
            for _ in 0...Self.paths.count { #expect(try await client.reply()?.isComplete == true) }
            #expect(try await client.isClosed())
        }
    }

    @Test("the reply to a half-closed client is sent however late it is found")
    func lateReply() async throws {
        let gate = Signal<Void>()
        try await Self.withServer(gate) { server in
            let client = try await server.client()
            try await client.request("/gate")
            await client.finishSending()
            let other = try await server.client()
            await other.finishSending()
            // Came after it, and ends before it.
            #expect(try await other.isClosed())
            gate.send()
            #expect(try await client.reply()?.status == 200)
        }
    }

    private static let moments = [
        "", "\r\n", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r\nHost: x\r\nX-A: ", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /later HTTP/1.1\r\nHost: x\r\n\r\n", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /large/later HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\nabc", "nonsense\r\n\r\n", "GET /x HTTP/1.1\r\n\r\n",
    ]

    enum End: CaseIterable {
        case sendingSide, both, abrupt
    }

    @Test("at any moment and in any way, no connection is left", arguments: moments, End.allCases)
    func anyEnd(beginning: String, end: End) async throws {
        try await Self.withServer { server in
            var clients: [RawClient] = []
            for _ in 0..<10 {
                let client = try await server.client()
                try await client.send(beginning)
                switch end {
                case .sendingSide: await client.finishSending()
                case .both: await client.leave()
                case .abrupt: await client.leaveAbruptly()
                }
                clients.append(client)
            }
            // Those that still read have to: their replies are larger than the buffers.
            if end == .sendingSide {
                for client in clients { while try await client.reply() != nil {} }
            }
            try await wait { server.connectionCounts.accepted == 10 && server.connectionCounts.open == 0 }
            #expect(try await server.answers())
        }
    }

    @Test("after a reply too", arguments: End.allCases)
    func idleEnd(end: End) async throws {
        try await Self.withServer { server in
            for path in Self.paths {
                let client = try await server.client()
                try await client.request(path)
                #expect(try await client.reply()?.isComplete == true)
                switch end {
                case .sendingSide: await client.finishSending()
                case .both: await client.leave()
                case .abrupt: await client.leaveAbruptly()
                }
                try await wait { server.connectionCounts.open == 0 }
            }
        }
    }
}
