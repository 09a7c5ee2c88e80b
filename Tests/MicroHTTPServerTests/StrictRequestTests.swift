import Testing

@testable import MicroHTTPServer

// Serialized, because each case has a server with descriptors and threads of its own.
@Suite("Requests by the letter of RFC 9112", .serialized, .timeLimit(.minutes(2)))
struct StrictRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var status: Int

        init(_ description: String, _ text: String, _ status: Int = 400) {
            (testDescription, self.text, self.status) = (description, text, status)
        }

        /// A GET with these header lines after a Host.
        init(header description: String, _ lines: String, _ status: Int = 400) {
            self.init(description, "GET / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n", status)
        }

        /// A GET with this value of Host.
        init(host value: String, _ status: Int = 400) {
            self.init("Host '\(value)'", "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n", status)
        }

        /// A request line, and a Host.
        init(line: String, _ status: Int = 400) {
            self.init("'\(line)'", "\(line)\r\nHost: x\r\n\r\n", status)
        }
    }

    private static let hosts = [
        Case("no Host", "GET / HTTP/1.1\r\n\r\n"), Case("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200),
        Case("two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        Case("Host twice", "GET / HTTP/1.1\r\nhost: x\r\nHOST: x\r\n\r\n"),
        Case("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"),
        Case(host: "", 200), Case(host: "x.example:9463", 200), Case(host: "192.0.2.1:80", 200),
        Case(host: "[::1]:9463", 200), Case(host: "[fe80::1%25eth0]", 200), Case(host: "x:", 200),
        Case(host: "x \t", 200),
        Case(host: "a b"), Case(host: "a/b"), Case(host: "a@b"), Case(host: "a?b"), Case(host: "a:b"),
        Case(host: "a:99999"), Case(host: "a:-1"), Case(host: ":80"), Case(host: "[::1"), Case(host: "::1]"),
        Case(host: "[]"), Case(host: "http://x"), Case(host: "x, y"), Case(host: "x,y"), Case(host: "<x>"),
        Case(host: "a\\b"), Case(host: "ä.example"), Case(host: "%41b", 200), Case(host: "%zz"), Case(host: "a%4"),
        Case(host: "[zz]"), Case(host: "[1:2]"), Case(host: "[::1%]"), Case(host: "[::1%25]"),
        Case(host: "[::ffff:192.0.2.1]", 200),
        Case(host: "[v1.x:y]", 200), Case(host: "[x::y]:80"),
    ]

    private static let fields = [
        Case(header: "a space before the colon", "A : b"), Case(header: "a tab before the colon", "A\t: b"),
        Case(header: "a space in a name", "A B: c"), Case(header: "a bracket in a name", "A(B): c"),
        Case(header: "an empty name", ": b"), Case(header: "no colon", "nonsense"),
        Case(header: "a name that is not ASCII", "Ä: b"), Case(header: "a NUL in a name", "A\u{0}B: c"),
        Case(header: "a NUL in a value", "A: b\u{0}c"), Case(header: "a NUL at the end of a value", "A: b\u{0}"),
        Case(header: "a NUL at the beginning of a value", "A: \u{0}b"),
        Case(header: "a NUL for a line", "\u{0}\r\nA: b"), Case(header: "a line that begins with a NUL", "\u{0}A: b"),
        Case(header: "a CR in a value", "A: b\rc"), Case(header: "a CR at the end of a value", "A: b\r"),
        Case(header: "a BEL in a value", "A: b\u{7}"), Case(header: "a DEL in a value", "A: \u{7F}b"),
        Case(header: "a folded header", "A: b\r\n c"), Case(header: "a header folded by a tab", "A: b\r\n\tc"),
        Case(header: "an empty header, folded", "A:\r\n b"),
        Case(header: "a header folded twice", "A: b\r\n c\r\n d\r\nB: c"),
        Case("a folded Host", "GET / HTTP/1.1\r\nHost:\r\n x\r\n\r\n"),
        Case("a fold before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        Case(header: "a tab in a value", "A: b\tc", 200), Case(header: "a value that is not ASCII", "A: bäc", 200),
        Case(header: "an empty value", "A:", 200), Case(header: "spaces around a value", "A: \t b \t ", 200),
        Case(header: "no space before a value", "A:b", 200),
        Case(header: "all token characters", "!#$%&'*+-.^_`|~9: b", 200),
        Case(header: "a repeated header", "A: b\r\nA: c", 200), Case(header: "a cookie", "Cookie: a=b; c=d", 200),
        Case(header: "an unknown expectation", "Expect: everything", 417),
        Case("lines that end with LF", "GET / HTTP/1.1\nHost: x\nA: b\n\n", 200),
        Case("an empty line before the request", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 200),
    ]

    private static let lines = [
        Case(line: "GET /a b HTTP/1.1"), Case(line: "GET  / HTTP/1.1"), Case(line: "GET /  HTTP/1.1"),
        Case(line: "GET / HTTP/1.1 "), Case(line: "GET /a\tb HTTP/1.1"), Case(line: "GET /a\u{0}b HTTP/1.1"),
        Case(line: "GET /?a\u{0}b HTTP/1.1"), Case(line: "GET /a\u{7}b HTTP/1.1"),
        Case(line: "GET /?a\u{7F}b HTTP/1.1"),
        Case(line: "GET metrics HTTP/1.1"), Case(line: "GET /a#b HTTP/1.1"), Case(line: "G{T / HTTP/1.1"),
        Case(line: "GET\t/ HTTP/1.1 x"),
        Case(line: "GET / HTTP/1.10"), Case(line: "GET / http/1.1"), Case(line: "GET / HTTP/2.0", 505),
        Case(line: "GET * HTTP/1.1"), Case(line: "OPTIONS * HTTP/1.1", 204), Case(line: "GET http://x/ HTTP/1.1", 200),
        Case(line: "GET HTTP://y:80/?a=b HTTP/1.1", 200), Case(line: "GET https://x HTTP/1.1", 200),
        Case(line: "GET http://x?a=b HTTP/1.1", 200), Case(line: "GET http:///a HTTP/1.1"),
        Case(line: "GET http://user:word@x/ HTTP/1.1"), Case(line: "GET ftp://x/ HTTP/1.1"),
        Case(line: "GET http://x:y/ HTTP/1.1"), Case(line: "CONNECT x:443 HTTP/1.1"),
        Case("an absolute target without a Host", "GET http://x/ HTTP/1.1\r\n\r\n"),
        Case(line: "GET /%20%Ff%3f? HTTP/1.1", 200), Case(line: "GET /%zz HTTP/1.1"), Case(line: "GET /%4 HTTP/1.1"),
        Case(line: "GET /?a=% HTTP/1.1"), Case(line: "GET /ä HTTP/1.1"), Case(line: "GET /?a=日 HTTP/1.1"),
        Case(line: "GET //a//b HTTP/1.1", 200),
    ]

    private static func post(_ description: String, _ headers: String, _ status: Int = 400) -> Case {
        Case(description, "POST / HTTP/1.1\r\nHost: x\r\n\(headers)\r\n\r\n0\r\n\r\n", status)
    }

    private static let bodies = [
        post("a length and chunks", "Content-Length: 3\r\nTransfer-Encoding: chunked"),
        post("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 3"),
        post("a length twice", "Content-Length: 5\r\nContent-Length: 5"),
        post("two lengths", "Content-Length: 5\r\nContent-Length: 6"),
        post("a list of lengths", "Content-Length: 5, 5"),
        post("a negative length", "Content-Length: -5"), post("a length with a sign", "Content-Length: +0"),
        post("a hexadecimal length", "Content-Length: 0x5"), post("a length with a fraction", "Content-Length: 5.0"),
        post("an empty length", "Content-Length:"), post("a length of words", "Content-Length: five"),
        post("a length in Arabic digits", "Content-Length: ٥"),
        post("chunks that are not last", "Transfer-Encoding: chunked, gzip"),
        post("an unknown coding alone", "Transfer-Encoding: gzip"),
        post("nearly chunks", "Transfer-Encoding: xchunked"),
        post("a coding before the chunks", "Transfer-Encoding: gzip, chunked", 501),
        post("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501),
        Case("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        post("chunks", "Transfer-Encoding: chunked", 200),
        post("chunks in capitals", "Transfer-Encoding: CHUNKED", 200),
        post("a length", "Content-Length: 5", 200),
    ]

    @Test("are answered with the status that it asks for", arguments: hosts + fields + lines + bodies)
    func answered(request: Case) async throws {
        try await withServer(.loopback { $0.maximumBodySize = 100 }) { _ in
            .status(200)
        } test: { server in
            // On a new connection, and after another request.
            for isFirst in [true, false] {
                let client = try await server.client()
                if !isFirst {
                    try await client.request("/")
                    #expect(try await client.reply()?.status == 200)
                }
                try await client.send(request.text)
                let reply = try #require(try await client.reply(), "no reply")
                #expect(reply.status == request.status, "\(reply.text)")
                guard request.status >= 400 else { continue }
                // What follows could be part of the same request.
                #expect(reply.header("connection")?.lowercased() == "close")
                #expect(try await client.isClosed())
            }
            #expect(try await server.answers())
        }
    }

    @Test("the path is that of an absolute target, and the query too")
    func absolute() async throws {
        try await withServer {
            .respond(status: 200, Response(text: "\($0.path) \($0.query("a") ?? "")"))
        } test: { server in
            let client = try await server.client()
            for (target, text) in [
                ("http://elsewhere:1/b/c?a=d", "/b/c d"), ("http://x", "/ "), ("http://x?a=b", "/ b"),
                ("/http://x/", "/http://x/ "),
            ] {
                try await client.request(target)
                #expect(try await client.reply()?.text == text)
            }
        }
    }

    @Test("OPTIONS for the whole server names the methods")
    func options() async throws {
        try await withServer { _ in
            .status(500)
        } test: { server in
            let client = try await server.client()
            try await client.request("*", method: "OPTIONS")
            let reply = try #require(try await client.reply())
            #expect(reply.status == 204)
            #expect(reply.header("allow") == "GET, HEAD, POST, PUT, OPTIONS")
        }
    }

    @Test("a fault is told in words")
    func words() async throws {
        try await withServer { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try await client.reply()?.text == "400 Bad Request: the header Host is missing\n")
        }
    }

    @Test("too many parameters are answered and do not keep the event loop busy", arguments: [384, 2000, 7000])
    func parameters(count: Int) async throws {
        try await withServer(.loopback { $0.threads = 1 }) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.request("/?" + String(repeating: "a=1&", count: count))
            #expect(try await client.reply()?.status == 414)
            #expect(try await client.isClosed())
            let other = try await server.client()
            try await other.request("/?" + String(repeating: "a=1&", count: 300))
            #expect(try await other.reply()?.status == 200)
        }
    }
}
