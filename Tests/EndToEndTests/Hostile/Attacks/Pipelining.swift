import Testing

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
