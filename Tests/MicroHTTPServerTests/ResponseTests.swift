import MicroHTTPServer
import OperatingSystem
import Synchronization
import Testing

@Suite("Responses that many connections share")
struct SharedResponseTests {
    @Test(
        "segments arrive byte for byte in their order, joined or not",
        arguments: [
            [0], [5, 0, 7], [300_000, 1, 300_000], [700_001, 700_002, 0, 700_003], [3_000_000, 2],
            // More parts than the memory of a connection could list.
            Array(repeating: 250, count: 10_000),
        ])
    func segments(sizes: [Int]) async throws {
        let counted = Counted()
        let segments = sizes.enumerated().map { pattern($0.element, seed: $0.offset) }
        do {
            let response = counted.make { Response(segments: segments, headers: [(name: "X-A", value: "1")]) }
            try await withServer { _ in
                .respond(status: 200, response)
            } test: { server in
                let client = try await server.client()
                for _ in 1...2 {
                    try await client.request("/")
                    let reply = try #require(try await client.reply())
                    #expect(reply.header("content-length") == "\(sizes.reduce(0, +))")
                    #expect(reply.header("x-a") == "1")
                    #expect(reply.body == segments.flatMap(\.self))
                }
            }
        }
        #expect(counted.live == 0)
    }

    @Test("a large page arrives whole, however much of the connection's memory the request has used up")
    func littleMemory() async throws {
        // With an iovec of so many parts, libmicrohttpd ended the program.
        let response = Response(segments: Array(repeating: pattern(4000, seed: 1), count: 600))
        try await withServer { _ in
            .respond(status: 200, response)
        } test: { server in
            var answered: Set<Int> = []
            for size in stride(from: 16_000, through: 33_000, by: 250) {
                let client = try await server.client()
                try await client.request("/", headers: "X-A: " + String(repeating: "a", count: size))
                guard let reply = try await client.reply() else { continue }
                answered.insert(reply.status)
                if reply.status == 200 { #expect(reply.body.count == 2_400_000) }
            }
            // Heads that fit and heads that do not have been sent.
            #expect(answered.contains(200) && answered.count > 1)
        }
    }

    @Test("a response that is dropped while it is sent arrives whole and is freed after")
    func droppedWhileSent() async throws {
        let counted = Counted()
        let bodies = (1...2).map { seed in Array(repeatElement(pattern(1 << 20, seed: seed), count: 8).joined()) }
        let page = Locked<Response?>(counted.make { Response(segments: bodies) })
        try await withServer { _ in
            page.withLock { $0 }.map { .respond(status: 200, $0) } ?? .status(404)
        } test: { server in
            let client = try await server.client()
            try await client.request("/")
            #expect(try await client.head()?.status == 200)
            page.withLock { $0 = nil }
            // The client has read but the head: more is under way than the sockets hold.
            #expect(counted.live > 0)
            for body in bodies { #expect(try await client.take(body.count).bytes == body) }
            try await client.request("/")
            #expect(try await client.reply()?.status == 404)
        }
        #expect(counted.live == 0)
    }

    @Test("while pages are swapped each client reads one whole page, and none leaks")
    func swapped() async throws {
        let counted = Counted()
        let bodies = [pattern(20_000, seed: 1), pattern(30_000, seed: 2)]
        let segmented = pattern(1 << 20, seed: 3)
        let make: @Sendable (Int) -> Response = { number in
            counted.make {
                number % 64 == 63 ? Response(segments: [segmented, bodies[0]]) : Response(bodies[number % 2])
            }
        }
        let valid = bodies + [segmented + bodies[0]]
        let page = Locked(make(0))
        try await withServer { _ in
            .respond(status: 200, page.withLock { $0 })
        } test: { server in
            let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...8 {
                    group.addTask {
                        let client = try await server.client()
                        var wrong = 0
                        for number in 0..<400 {
                            try await client.request("/")
                            let body = try await client.reply()?.body ?? []
                            if !valid.contains(body) { wrong += 1 }
                            let next = make(number)
                            page.withLock { $0 = next }
                        }
                        return wrong
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wrong == 0)
        }
        // The page on show is a response with its body.
        #expect(counted.live == 2)
    }
}

@Suite("Streaming responses")
struct StreamingTests {
    /// A response that takes these steps, then ends.
    private static func stream(_ declaredSize: Int?, _ steps: [StreamStep]) -> Response {
        let position = Atomic<Int>(0)
        return Response(streaming: declaredSize, headers: [(name: "X-Stream", value: "yes")]) {
            let index = position.add(1, ordering: .relaxed).oldValue
            return index < steps.count ? steps[index] : .end
        }
    }

    private static func fetch(_ make: @escaping @Sendable () -> Response) async throws -> RawReply? {
        var reply: RawReply?
        try await withServer {
            $0.path == "/stream" ? .respond(status: 200, make()) : .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.request("/stream")
            reply = try await client.reply()
            #expect(try await server.answers())
        }
        return reply
    }

    @Test("without a declared size the body is sent in chunks to its end")
    func chunked() async throws {
        let large = pattern(100_000, seed: 1)
        let reply = try #require(
            try await Self.fetch { Self.stream(nil, [.chunk([1, 2]), .chunk([]), .chunk(large)]) })
        #expect(reply.header("transfer-encoding") == "chunked")
        #expect(reply.header("x-stream") == "yes")
        #expect(reply.isComplete)
        #expect(reply.body == [1, 2] + large)
    }

    @Test("with a declared size the body is sent under Content-Length")
    func declared() async throws {
        let reply = try #require(try await Self.fetch { Self.stream(5, [.chunk([1, 2]), .chunk([3, 4, 5])]) })
        #expect(reply.header("content-length") == "5")
        #expect(reply.isComplete)
        #expect(reply.body == [1, 2, 3, 4, 5])
    }

    @Test("bytes beyond the declared size are dropped")
    func beyondDeclared() async throws {
        let reply = try #require(try await Self.fetch { Self.stream(3, [.chunk([1, 2]), .chunk([3, 4, 5])]) })
        #expect(reply.body == [1, 2, 3])
    }

    @Test(
        "an abort, or an end before the declared size, cuts the connection in the middle",
        arguments: [
            (100, [StreamStep.chunk([1, 2, 3]), .abort]), (nil, [.chunk([1, 2, 3]), .abort]),
            (100, [.chunk([1, 2, 3]), .end]), (100, [.abort]),
        ] as [(Int?, [StreamStep])])
    func cut(declaredSize: Int?, steps: [StreamStep]) async throws {
        let reply = try #require(try await Self.fetch { Self.stream(declaredSize, steps) })
        #expect(reply.status == 200)
        #expect(!reply.isComplete)
        if case .chunk(let bytes) = steps[0] { #expect(reply.body == bytes) }
    }

    @Test("curl reports a reply that was cut as a partial file")
    func curlSeesTheCut() async throws {
        try await withServer { _ in
            .respond(status: 200, Self.stream(100, [.chunk([65]), .abort]))
        } test: { server in
            let output = try await Program.run("curl", "-sS", "http://127.0.0.1:\(server.port)/")
            let partialFile: Int32 = 18
            #expect(output.exitCode == partialFile)
            #expect(output.text == "A")
        }
    }

    @Test("an endless body ends with its client and is freed with it")
    func endless() async throws {
        let counted = Counted()
        let endless: @Sendable () -> Response = {
            counted.make { Response(streaming: nil) { .chunk([UInt8](repeating: 120, count: 10_000)) } }
        }
        try await withServer {
            $0.path == "/stream" ? .respond(status: 200, endless()) : .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.request("/stream")
            #expect(try await client.head()?.status == 200)
            _ = try await client.take(1_000_000)
            await client.leave()
            #expect(try await server.answers())
        }
        #expect(counted.live == 0)
    }
}
