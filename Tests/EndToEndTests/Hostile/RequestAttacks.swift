import Testing

/// Requests that are none, or none that anybody should answer.
struct MalformedRequests: Attack {
    private struct Request: Sendable {
        var name: String
        var text: [UInt8]
        /// What it may be answered with.
        var statuses: [Int]
        /// Whether the connection may also end without a word that arrives.
        var mayBeCutOff = false

        init(_ name: String, _ text: String, _ statuses: Int..., mayBeCutOff: Bool = false) {
            self.init(name, Array(text.utf8), statuses, mayBeCutOff: mayBeCutOff)
        }

        init(_ name: String, _ text: [UInt8], _ statuses: [Int], mayBeCutOff: Bool = false) {
            self.name = name
            self.text = text
            self.statuses = statuses
            self.mayBeCutOff = mayBeCutOff
        }
    }

    private static let megabyte = String(repeating: "a", count: 1 << 20)

    private static func get(_ target: String, _ headers: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\n\(headers)Connection: close\r\n\r\n"
    }

    private static let requests = [
        Request("no version", "GET /metrics\r\n\r\n", 400, mayBeCutOff: true),
        Request("an unknown version", "GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n", 400, 505, mayBeCutOff: true),
        Request("no Host", "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        Request("nothing but line ends", String(repeating: "\r\n", count: 1000), 400, mayBeCutOff: true),
        Request("nothing but NULs", String(repeating: "\u{0}", count: 4096) + "\r\n\r\n", 400, 405, mayBeCutOff: true),
        Request("a header without a colon", get("/metrics", "nonsense\r\n"), 400, mayBeCutOff: true),
        Request(
            "20,000 headers", get("/metrics", (0..<20_000).map { "X-\($0): 1\r\n" }.joined()), 431, mayBeCutOff: true),
        Request(
            "20,000 times the same header", get("/", String(repeating: "X: 1\r\n", count: 20_000)), 431,
            mayBeCutOff: true),
        Request("a header of 1 MiB", get("/metrics", "X: \(megabyte)\r\n"), 431, mayBeCutOff: true),
        Request("a URL of 1 MiB", get("/\(megabyte)"), 414, mayBeCutOff: true),
        Request("a query of 1 MiB", get("/metrics?\(megabyte)"), 414, mayBeCutOff: true),
        Request(
            "2,000 parameters", get("/probe?" + String(repeating: "target=a&", count: 2000)), 414),
        Request("a method nobody knows", "BREW /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        Request(
            "a method of 10,000 letters",
            "\(megabyte.prefix(10_000)) / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        Request("CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
        Request("a body on GET", get("/metrics", "Content-Length: 5\r\n") + "hello", 413),
        Request(
            "a body without a length on GET",
            get("/metrics", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n", 413),
        Request("a body that is said to be endless", get("/-/reload", "Content-Length: 9223372036854775807\r\n"), 413),
        Request("an overlong length", get("/", "Content-Length: 99999999999999999999999\r\n"), 413, 400),
        Request("a negative length", get("/", "Content-Length: -5\r\n"), 400),
        Request(
            "two ways to tell the length",
            get("/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400),
        Request("a path upwards", get("/../../../../etc/passwd"), 404),
        Request("an encoded path upwards", get("/%2e%2e/..%2f..%2fetc%2fpasswd"), 404),
        Request("a path upwards from the targets", get("/targets/../../../etc/passwd"), 404),
        Request("a path upwards to a page", get("/x/../metrics"), 404),
        Request("a probe of a file", get("/probe?target=../archive.ledger.json"), 404),
        Request("a probe of another server", get("/probe?target=http://127.0.0.1:9/"), 404),
        Request("an encoded NUL", get("/metrics%00.txt"), 404),
        Request("an encoded NUL in a query", get("/probe?target=archive%00x"), 404),
        Request("a NUL", get("/met\u{0}rics"), 400),
        Request("a NUL in a header", get("/nowhere", "X: a\u{0}b\r\n"), 400),
        Request("broken percent signs", get("/%zz%1?%=%%%&target=%f"), 400),
        Request("encoded bytes that are not UTF-8", get("/targets/%ff%fe%c0%af"), 404),
        Request(
            "bytes that are not UTF-8",
            Array("GET /".utf8) + [0xFF, 0xC0, 0xAF] + Array(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8),
            [400]),
        Request("markup for a path", get("/targets/%3Cscript%3Ealert(1)%3C/script%3E"), 404),
        Request("an absolute URL with a password", get("http://user:word@elsewhere/metrics"), 400),
        Request("TLS on a plain port", TLSClientHello.bytes, [], mayBeCutOff: true),
    ]

    func run(on field: Battlefield) async throws {
        // Side by side: what can never become a request is waited for until its time is over.
        try await withThrowingTaskGroup { group in
            for request in Self.requests { group.addTask { try await Self.send(request, to: field.address) } }
            try await group.waitForAll()
        }
        try await field.scraper.more(1)
    }

    private static func send(_ request: Request, to address: String) async throws {
        let said = try await onOwnThread {
            let connection = try RawConnection(to: address, from: "127.0.0.2")
            connection.send(request.text)
            return try connection.readToEnd()
        }
        let status = said.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
        if let status {
            #expect(request.statuses.contains(status), "\(request.name)")
        } else {
            #expect(request.mayBeCutOff && said.isEmpty, "\(request.name): \(said.prefix(100))")
        }
        // Neither a file of the machine nor the request's own markup.
        #expect(!said.contains("root:"), "\(request.name)")
        #expect(!said.contains("<script"), "\(request.name)")
    }
}

/// Clients of several addresses that try one password after the other, as fast as they can.
struct WrongPasswords: Attack {
    /// Tries of each client, and clients.
    private static let tries = 60
    private static let sources = (70..<74).map { "127.0.0.\($0)" }

    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        let clients = try Self.sources.map { source in
            let name = "tries-\(source)"
            let file = try field.folder.write(
                (0..<Self.tries).map { Self.attempt($0, from: source, field.url, authority) }.joined(
                    separator: "next\n"),
                to: name)
            return try RunningProgram("curl", ["-q", "--parallel", "--parallel-max", "20", "--config", file])
        }
        try await field.scraper.more(5)
        for client in clients {
            #expect(try await client.waitForEnd() == .exit(0))
            let statuses = client.output.split(separator: "\n")
            #expect(statuses.count == Self.tries)
            // Whoever has too many tries waiting is told to come again later.
            #expect(statuses.allSatisfy { $0 == "401" || $0 == "503" }, "\(Set(statuses))")
            #expect(statuses.contains("401"))
        }
        #expect(try await field.newcomer().status == 200)
    }

    private static func attempt(
        _ number: Int, from source: String, _ url: String, _ authority: HostileAuthority
    ) -> String {
        // Also users that there are not, whose passwords take as long.
        let user = number % 3 == 0 ? "nobody-\(number)" : "scraper"
        let options = [
            "url": "\(url)/metrics", "user": "\(user):wrong-\(source)-\(number)", "interface": source,
            "cacert": authority["ca.pem"], "cert": authority["good.pem"], "key": authority["good.key"],
            "output": "/dev/null", "noproxy": "*", "max-time": "20", "write-out": #"%{http_code}\n"#,
        ]
        return options.map { "\($0.key) = \"\($0.value)\"\n" }.joined() + "silent\n"
    }
}
