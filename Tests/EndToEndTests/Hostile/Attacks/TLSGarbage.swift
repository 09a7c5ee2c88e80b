import Testing

/// What no TLS client says, and what one says that never goes on.
struct TLSGarbage: Attack {
    private static let hello = TLSClientHello.bytes

    private static var messages: [[UInt8]] {
        var noise: UInt32 = 1
        let random = (0..<100_000).map { _ -> UInt8 in
            // A linear congruential generator (Numerical Recipes): the same noise in every run.
            noise = noise &* 1_664_525 &+ 1_013_904_223
            return UInt8(noise >> 24)
        }
        return [
            Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8), random, [22, 3, 1, 0xFF, 0xFF] + random,
            [22, 3, 1, 0, 0], [21, 3, 3, 0, 2, 2, 40], [0x80, 0x2E, 1, 0, 2] + random.prefix(44), hello + random,
            hello + hello + hello, Array(hello.prefix(5)) + random.prefix(hello.count - 5),
            [22, 3, 0] + hello.dropFirst(3), [23, 3, 3, 0, 5, 1, 2, 3, 4, 5], [20, 3, 3, 0, 1, 1],
        ] + stride(from: 1, to: hello.count, by: 7).map { Array(hello.prefix($0)) }
    }

    func run(on field: Battlefield) async throws {
        let address = field.address
        for message in Self.messages {
            let said = try await onOwnThread {
                let connection = try RawConnection(to: address, from: "127.0.0.2")
                connection.send(message)
                connection.finishSending()
                return try connection.readToEnd()
            }
            #expect(!said.contains("HTTP/1.1"), "\(message.prefix(10))")
        }
        // As many handshakes as one address may begin, and some more.
        let begun = try await onOwnThread { try field.connections(200, from: ["127.0.0.3", "127.0.0.4"]) }
        for connection in begun { connection.send(Self.hello) }
        try await field.scraper.more(5)
        #expect(try await field.newcomer().status == 200)
    }
}
