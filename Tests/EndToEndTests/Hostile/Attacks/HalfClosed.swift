import Testing

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
