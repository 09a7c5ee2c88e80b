import MicroHTTPServer
import Testing

@Suite("Malformed and hostile requests")
struct MalformedTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]

        init(_ description: String, _ text: String) {
            testDescription = description
            bytes = Array(text.utf8)
        }
    }

    private static let megabyte = String(repeating: "a", count: 1 << 20)

    private static let attacks = [
        Attack("no version", "GET /\r\n\r\n"),
        Attack("an unknown version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        Attack("no Host", "GET / HTTP/1.1\r\n\r\n"),
        Attack("a NUL in the path", "GET /a\u{0}b HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("a NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\u{0}b\r\n\r\n"),
        Attack("only NULs", String(repeating: "\u{0}", count: 4096) + "\r\n\r\n"),
        Attack("a URL of 1 MiB", "GET /\(megabyte) HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("a query of 1 MiB", "GET /?a=\(megabyte) HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("a header of 1 MiB", "GET / HTTP/1.1\r\nHost: x\r\nX-A: \(megabyte)\r\n\r\n"),
        Attack(
            "20,000 headers",
            "GET / HTTP/1.1\r\nHost: x\r\n" + (0..<20_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n"),
        Attack("2,000 parameters", "GET /?" + String(repeating: "a=1&", count: 2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("a header without a colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
        Attack("broken percent signs", "GET /%zz%1?%=%%%&a=%f HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("an encoded NUL", "GET /a%00b?x=%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("bytes that are not UTF-8", "GET /%ff%fe?a=%c3 HTTP/1.1\r\nHost: x\r\n\r\n"),
        Attack("a negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello"),
        Attack("a length that is no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n"),
        Attack(
            "an overlong length",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\n"),
        Attack(
            "a length and chunks",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack("chunks of nonsense", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
        Attack("TLS spoken to a plain port", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n"),
    ]

    @Test("are answered or disconnected, and the server keeps running", arguments: attacks)
    func survives(attack: Attack) async throws {
        // All that a handler may ask of a request is asked.
        try await withServer(.loopback { $0.maximumBodySize = 100 }) { request in
            let facts = [
                request.method, request.path, request.query("a"), request.header("X-A"), request.clientAddress,
            ]
            return .respond(status: 200, Response(facts.compactMap(\.self).joined().utf8.map { $0 }))
        } test: { server in
            let client = try await server.client()
            // A server that has heard enough may close before all is sent.
            try? await client.send(attack.bytes)
            try? await client.send("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while let reply = try await client.reply() {
                #expect([200, 400, 413, 414, 431, 501, 505].contains(reply.status))
            }
            #expect(try await server.answers())
        }
    }

    @Test("requests that end at any byte leave the server running")
    func truncated() async throws {
        let request = Array("POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".utf8)
        try await withServer(.loopback { $0.maximumBodySize = 5 }) { _ in
            .status(200)
        } test: { server in
            for count in 0..<request.count {
                let client = try await server.client()
                try await client.send(Array(request.prefix(count)))
                await client.leave()
            }
            #expect(try await server.answers())
        }
    }

    @Test("a client that has finished sending still gets its replies")
    func halfClosed() async throws {
        try await withServer {
            .respond(status: 200, Response(text: $0.path))
        } test: { server in
            let client = try await server.client()
            try await client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.finishSending()
            #expect(try await client.reply()?.text == "/1")
            #expect(try await client.reply()?.text == "/2")
            #expect(try await client.isClosed())
        }
    }

    @Test("a client that finishes sending amid a head is disconnected")
    func halfClosedHead() async throws {
        try await withServer { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send("GET / HTTP/1.1\r\nHost: ")
            await client.finishSending()
            let status = try await client.reply()?.status
            #expect(status == nil || status == 400)
            try await wait { server.connectionCounts.open == 0 }
        }
    }

    @Test(
        "a head that is too long is told so",
        arguments: [
            ("GET /\(megabyte) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ("GET /?\(megabyte) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nHost: x\r\nX-A: \(megabyte)\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X-A: 1\r\n", count: 20_000) + "\r\n", 431),
        ])
    func tooLong(head: String, status: Int) async throws {
        try await withServer(.loopback { $0.headLimit = 8192 }) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            // Cut a little above the limit: what is sent after the reply would reset the connection.
            try await client.send(String(head.prefix(8500)))
            #expect(try await client.reply()?.status == status)
            #expect(try await server.answers())
        }
    }

    @Test("a head that is long, but not too long, is accepted", arguments: [8192, 65536])
    func longEnough(limit: Int) async throws {
        let path = "/" + String(repeating: "a", count: limit / 4)
        try await withServer(.loopback { $0.headLimit = limit }) {
            .respond(status: 200, Response(text: $0.path))
        } test: { server in
            let client = try await server.client()
            try await client.request(path, headers: "X-A: " + String(repeating: "b", count: limit / 4))
            #expect(try await client.reply()?.text == path)
        }
    }

    @Test("a head sent byte by byte is accepted")
    func byteByByte() async throws {
        try await withServer {
            .respond(status: 200, Response(text: $0.path))
        } test: { server in
            let client = try await server.client()
            for byte in "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n".utf8 { try await client.send([byte]) }
            #expect(try await client.reply()?.text == "/slow")
        }
    }
}
