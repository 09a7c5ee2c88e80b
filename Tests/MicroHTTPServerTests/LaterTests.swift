import MicroHTTPServer
import Testing

@Suite("Replies that come later", .timeLimit(.minutes(2)))
struct LaterTests {
    private static func reply(_ text: String) -> Reply {
        .respond(status: 200, Response(text: text))
    }

    @Test("a reply found by a task is sent, through any number of further tasks")
    func nested() async throws {
        try await withServer { _ in
            .later { .later { .later { Self.reply("found") } } }
        } test: { server in
            let client = try await server.client()
            for _ in 1...20 {
                try await client.request("/")
                #expect(try await client.reply()?.text == "found")
            }
        }
    }

    @Test("a task has the body of its request, and may disconnect or stream")
    func kinds() async throws {
        let chunks: @Sendable () -> StreamStep = { .abort }
        try await withServer(.loopback { $0.maximumBodySize = 10 }) { request in
            let body = request.body
            switch request.path {
            case "/echo": return .later { .respond(status: 200, Response(body)) }
            case "/cut": return .later { .respond(status: 200, Response(streaming: 10, next: chunks)) }
            default: return .later { .disconnect }
            }
        } test: { server in
            let client = try await server.client()
            try await client.request("/echo", method: "POST", headers: "Content-Length: 3")
            try await client.send("abc")
            #expect(try await client.reply()?.text == "abc")
            try await client.request("/cut")
            #expect(try await client.reply()?.isComplete == false)
            let other = try await server.client()
            try await other.request("/gone")
            #expect(try await other.isClosed())
        }
    }

    @Test("others are served while a request waits")
    func othersAreServed() async throws {
        let gate = Signal<Void>()
        try await withServer { request in
            guard request.path == "/slow" else { return Self.reply("quick") }
            return .later {
                _ = await gate.wait()
                return Self.reply("slow")
            }
        } test: { server in
            let slow = try await server.client()
            try await slow.request("/slow")
            // More clients than event loop threads: none of these is held up.
            for _ in 1...8 { #expect(try await server.answers()) }
            gate.send()
            #expect(try await slow.reply()?.text == "slow")
        }
    }

    @Test("the task of a client whose connection breaks is cancelled and leaks nothing")
    func clientLeaves() async throws {
        let counted = Counted()
        let begun = Signal<Void>()
        let cancelled = Signal<Bool>()
        try await withServer { request in
            guard request.path == "/hang" else { return .status(200) }
            return .later {
                begun.send()
                try? await Task.sleep(for: .seconds(3600))
                cancelled.send(Task.isCancelled)
                return .respond(status: 200, counted.make { Response(text: "too late") })
            }
        } test: { server in
            let client = try await server.client()
            try await client.request("/hang")
            _ = await begun.wait()
            await client.leaveAbruptly()
            #expect(await cancelled.wait() == true)
            #expect(try await server.answers())
        }
        #expect(counted.live == 0)
    }

    @Test("clients that disconnect at any moment do no harm")
    func manyLeave() async throws {
        let counted = Counted()
        try await withServer { request in
            guard request.path == "/later" else { return .status(200) }
            return .later {
                await Task.yield()
                return .respond(status: 200, counted.make { Response(text: "later") })
            }
        } test: { server in
            try await withThrowingTaskGroup { group in
                for round in 0..<200 {
                    group.addTask {
                        let client = try await server.client()
                        try await client.request("/later")
                        if round.isMultiple(of: 2) { _ = try await client.reply() }
                        await client.leave()
                    }
                    if round >= 8 { try await group.next() }
                }
                try await group.waitForAll()
            }
            #expect(try await server.answers())
        }
        #expect(counted.live == 0)
    }
}
