import Testing

/// Two thousand connections on which nothing is said, from several addresses, and as many that come and go.
struct IdleConnections: Attack {
    private static let sources = (20..<40).map { "127.0.0.\($0)" }

    func run(on field: Battlefield) async throws {
        let address = field.address
        var idle = try await onOwnThread { try field.connections(2000, from: Self.sources) }
        try await field.scraper.more(5)
        idle.removeAll()
        try await onOwnThread {
            for number in 0..<2000 {
                let connection = try RawConnection(to: address, from: Self.sources[number % Self.sources.count])
                connection.endAbruptly()
            }
        }
        try await field.scraper.more(1)
        try await eventually("there is room for others again") {
            (try? await field.newcomer())?.status == 200
        }
    }
}

/// Heads that come byte by byte: a patient client's, and those of clients who never mean to get to the end.
struct SlowHeads: Attack {
    func run(on field: Battlefield) async throws {
        let address = field.address
        let patient = try await onOwnThread {
            let connection = try RawConnection(to: address, from: "127.0.0.3")
            for byte in "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8 {
                connection.send([byte])
            }
            return try connection.readToEnd()
        }
        #expect(patient.hasPrefix("HTTP/1.1 200 "))
        let endless = try await onOwnThread { try field.connections(60, from: ["127.0.0.3", "127.0.0.4"]) }
        for connection in endless { connection.offer("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Endless: ") }
        // Only where time goes by can a byte come slowly.
        try await eventually("the endpoint has cut off everybody who never comes to an end") {
            for connection in endless { connection.offer("a") }
            return endless.allSatisfy(\.isClosed)
        }
        try await field.scraper.more(1)
    }
}

/// Clients that have said their last word, before they are done or after it.
struct HalfClosed: Attack {
    func run(on field: Battlefield) async throws {
        let address = field.address
        let request = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
        let answered = try await onOwnThread {
            let connection = try RawConnection(to: address, from: "127.0.0.5")
            connection.send(request + request.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n"))
            connection.finishSending()
            return try connection.readToEnd()
        }
        #expect(answered.components(separatedBy: "HTTP/1.1 200 ").count == 3)
        let amidHead = try await onOwnThread {
            let connections = try field.connections(100, from: ["127.0.0.5"])
            for (number, connection) in connections.enumerated() {
                connection.send(Array(request.utf8.prefix(number % request.utf8.count)))
                connection.finishSending()
            }
            return connections
        }
        try await field.scraper.more(1)
        try await eventually("the endpoint has let go of those who stopped amid a head") {
            amidHead.allSatisfy(\.isClosed)
        }
    }
}

/// Clients that ask for large pages again and again and never read one.
struct UnreadReplies: Attack {
    func run(on field: Battlefield) async throws {
        let clients = try await onOwnThread {
            try field.connections(100, from: ["127.0.0.50", "127.0.0.51"], receiveBuffer: 4096)
        }
        let paths = ["/metrics", "/", "/probe?target=archive", "/api/v1/status", "/targets/archive"]
        for (number, client) in clients.enumerated() {
            let request = "GET \(paths[number % paths.count]) HTTP/1.1\r\nHost: x\r\n\r\n"
            client.offer(String(repeating: request, count: 200))
        }
        try await field.scraper.more(20)
        #expect(clients.count { $0.isClosed } == 0, "the replies were read after all")
    }
}

/// Many requests at once on one connection, and then its end before the replies.
struct Pipelining: Attack {
    private static let count = 500

    func run(on field: Battlefield) async throws {
        let address = field.address
        let requests = (0..<Self.count).map { "GET /\($0 % 2 == 0 ? "-/healthy" : "nowhere") HTTP/1.1\r\nHost: x\r\n" }
        let replies = try await onOwnThread {
            let connection = try RawConnection(to: address, from: "127.0.0.6")
            connection.send(requests.joined(separator: "\r\n") + "Connection: close\r\n\r\n")
            return try connection.readToEnd()
        }
        let statuses = replies.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
        #expect(statuses == (0..<Self.count).map { $0 % 2 == 0 ? "200" : "404" })
        try await onOwnThread {
            for _ in 0..<200 {
                let connection = try RawConnection(to: address, from: "127.0.0.6")
                connection.send(String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 20))
                connection.endAbruptly()
            }
        }
        try await field.scraper.more(1)
    }
}

/// So many connections that the process has no descriptor left.
struct NoDescriptors: Attack {
    func run(on field: Battlefield) async throws {
        let pid = field.exporter.program.pid
        let limit = TemporaryFolder.text(of: "/proc/\(pid)/limits").split(separator: "\n")
            .first { $0.hasPrefix("Max open files") }?.split(separator: " ").dropFirst(3).first
        let former = try #require(limit)
        let few = try Footprint(of: field.exporter).descriptors + 5
        try await Self.limit(pid, to: "\(few)")
        let waiting = try await onOwnThread { try field.connections(100, from: ["127.0.0.60"]) }
        try await field.scraper.more(20)
        // One of them may be open for a moment only.
        #expect(try Footprint(of: field.exporter).descriptors >= few - 2, "there were descriptors left")
        try await Self.limit(pid, to: String(former))
        for connection in waiting {
            connection.offer("GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        }
        let answers = try await onOwnThread { try waiting.map { try $0.readToEnd() } }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        #expect(try await field.newcomer().status == 200)
    }

    private static func limit(_ pid: Int32, to number: String) async throws {
        let prlimit = try RunningProgram("prlimit", ["--pid", "\(pid)", "--nofile=\(number):"])
        guard try await prlimit.waitForEnd() == .exit(0) else { throw TestFailure("prlimit: \(prlimit.errors)") }
    }
}
