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
