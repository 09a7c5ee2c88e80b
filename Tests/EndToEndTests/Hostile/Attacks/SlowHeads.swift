import Testing

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
