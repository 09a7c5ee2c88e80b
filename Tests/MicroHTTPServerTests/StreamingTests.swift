import MicroHTTPServer
import Synchronization
import Testing

@Suite("Responses made while they are sent")
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

    @Test("what goes beyond the declared size is dropped")
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
