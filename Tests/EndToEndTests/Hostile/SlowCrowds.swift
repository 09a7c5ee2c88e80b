import Testing

/// A thousand connections of each slow kind from the scraper's own address, which come again when they are closed.
struct SlowCrowds: Attack {
    /// A way to hold a connection for long.
    private enum Kind: CaseIterable {
        /// Nothing is sent.
        case silent
        /// The head comes slowly.
        case slowHead
        /// Large pages are requested and not read.
        case slowReader
        /// A request, and the end of the sending side.
        case halfClosed
        /// A small page is read, and the connection kept.
        case kept

        func open(to address: String) throws -> RawConnection {
            let connection = try RawConnection(to: address, receiveBuffer: self == .slowReader ? 4096 : nil)
            let request = "GET \(self == .slowReader ? "/metrics" : "/-/healthy") HTTP/1.1\r\nHost: x\r\n\r\n"
            switch self {
            case .silent: break
            case .slowHead: connection.offer("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            case .slowReader: connection.offer(String(repeating: request, count: 20))
            case .halfClosed:
                connection.offer(request)
                connection.finishSending()
            case .kept: connection.offer(request)
            }
            return connection
        }
    }

    private static let count = 1000

    func run(on field: Battlefield) async throws {
        let address = field.address
        for kind in Kind.allCases {
            let crowd = try await onOwnThread { try (0..<Self.count).map { _ in try kind.open(to: address) } }
            for _ in 1...3 {
                try await field.scraper.more(2)
                // Every one is a new connection.
                for _ in 1...4 { #expect(try await field.newcomer("/metrics").status == 200, "\(kind)") }
                try await onOwnThread { for _ in 0..<50 { _ = try kind.open(to: address) } }
                if kind == .slowHead { for connection in crowd { connection.offer("a") } }
            }
            withExtendedLifetime(crowd) {}
        }
        try await field.scraper.more(1)
    }
}
