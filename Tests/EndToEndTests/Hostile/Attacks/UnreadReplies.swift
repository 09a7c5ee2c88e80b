import Testing

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
