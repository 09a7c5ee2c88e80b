import Glibc
import OperatingSystem
import Testing

@testable import MicroHTTPServer

@Suite("Stopping", .serialized, .timeLimit(.minutes(2)))
struct StopTests {
    /// A loopback address of this suite's own: another test's server must not answer at a port that was given up.
    private static let host = "127.99.0.2"

    private static func server(
        _ handler: @escaping @Sendable (borrowing Request) -> Reply = { _ in .status(200) }
    ) throws -> HTTPServer {
        try HTTPServer(.loopback { $0.endpoints[0].host = host }, handler: handler)
    }

    private static func isRefused(_ server: HTTPServer) async -> Bool {
        do {
            _ = try await server.client()
            return false
        } catch {
            return error as? SystemCallError == SystemCallError(call: "connect", code: ECONNREFUSED)
        }
    }

    @Test("a stopped server refuses connections, and may be stopped again")
    func refuses() async throws {
        let server = try Self.server()
        #expect(try await server.answers())
        try await server.stopped(grace: 1)
        #expect(await Self.isRefused(server))
        try await server.stopped(grace: 1)
    }

    @Test("calls at the same time all return when the server has stopped")
    func concurrentStops() async throws {
        let server = try Self.server()
        try await withThrowingTaskGroup { group in
            for _ in 1...4 { group.addTask { try await server.stopped(grace: 1) } }
            try await group.waitForAll()
        }
        #expect(await Self.isRefused(server))
    }

    @Test("an idle connection is closed without waiting for the grace period")
    func idleConnection() async throws {
        let server = try Self.server()
        let client = try await server.client()
        try await client.request("/")
        #expect(try await client.reply()?.status == 200)
        // The time limit of the suite is shorter than this grace.
        try await server.stopped(grace: 3600)
        #expect(try await client.isClosed())
    }

    @Test("a request in flight is finished while new connections are refused")
    func graceful() async throws {
        let begun = Signal<Void>()
        let gate = Signal<Void>()
        let server = try Self.server { _ in
            .later {
                begun.send()
                _ = await gate.wait()
                return .status(200)
            }
        }
        let client = try await server.client()
        try await client.request("/")
        _ = await begun.wait()
        async let stopped: Void = server.stopped(grace: 3600)
        while await !Self.isRefused(server) { await Task.yield() }
        gate.send()
        #expect(try await client.reply()?.status == 200)
        try await stopped
        #expect(server.core.contexts.value == 0)
    }

    @Test("while a request is finished idle connections are closed, and its own after its reply")
    func idleWhileDraining() async throws {
        let begun = Signal<Void>()
        let gate = Signal<Void>()
        let server = try Self.server { request in
            guard request.path == "/slow" else { return .status(200) }
            return .later {
                begun.send()
                _ = await gate.wait()
                return .status(200)
            }
        }
        let idle = try await server.client()
        try await idle.request("/")
        #expect(try await idle.reply()?.status == 200)
        let slow = try await server.client()
        try await slow.request("/slow")
        let other = try await server.client()
        try await other.request("/slow")
        _ = await begun.wait()
        try await wait { server.core.activeRequests == 2 }
        async let stopped: Void = server.stopped(grace: 3600)
        #expect(try await idle.isClosed())
        gate.send()
        #expect(try await slow.reply()?.status == 200)
        #expect(try await slow.isClosed())
        try await stopped
    }

    @Test("a suspended request is answered 503 after the grace period, and its task cancelled", arguments: [0, 0.2])
    func suspended(grace: Double) async throws {
        let begun = Signal<Void>()
        let cancelled = Signal<Bool>()
        let server = try Self.server { _ in
            .later {
                begun.send()
                try? await Task.sleep(for: .seconds(3600))
                cancelled.send(Task.isCancelled)
                return .status(200)
            }
        }
        let client = try await server.client()
        try await client.request("/")
        _ = await begun.wait()
        try await server.stopped(grace: grace)
        #expect(await cancelled.wait() == true)
        #expect(try await client.reply()?.status == 503)
        #expect(server.core.contexts.value == 0)
        #expect(server.core.activeRequests == 0)
    }

    @Test("a task that ignores its cancellation does not delay the stop, and does no harm afterwards")
    func stubbornTask() async throws {
        let begun = Signal<Void>()
        let gate = Signal<Void>()
        let ended = Signal<Void>()
        let server = try Self.server { _ in
            .later {
                begun.send()
                await Task.detached { _ = await gate.wait() }.value
                ended.send()
                return .status(200)
            }
        }
        let client = try await server.client()
        try await client.request("/")
        _ = await begun.wait()
        try await server.stopped(grace: 0)
        #expect(try await client.reply()?.status == 503)
        gate.send()
        _ = await ended.wait()
    }

    @Test("a reply that its client does not read is cut after the grace period")
    func stalledReader() async throws {
        let counted = Counted()
        let server = try Self.server { _ in
            .respond(status: 200, counted.make { Response([UInt8](repeating: 1, count: 64 << 20)) })
        }
        let client = try await server.client()
        try await client.request("/")
        #expect(try await client.head()?.status == 200)
        try await server.stopped(grace: 0.1)
        #expect(try await client.take(64 << 20).isComplete == false)
        #expect(counted.live == 0)
    }

    @Test("a server without references stops by itself")
    func deinitialisation() async throws {
        var server: HTTPServer? = try Self.server()
        let port = try #require(server?.port)
        server = nil
        await #expect(throws: SystemCallError(call: "connect", code: ECONNREFUSED)) {
            try await RawClient(port: port, host: Self.host)
        }
    }

    /// The thread handles ends of clients and the stop with the same descriptor.
    @Test("the stop is noticed even if its wakeup is consumed with the end of a client")
    func consumedWakeup() async throws {
        let watch = try #require(ConnectionWatch())
        let core = ServerCore(.loopback(), watch: watch) { _ in .status(200) }
        let context = core.retained()
        let loops = try EventLoops(.loopback(), context: context)
        let acceptor = Acceptor(listeners: [], loops: loops, table: core.connections, suspended: core.suspended)
        acceptor.stop()
        #expect(watch.events().isEmpty)
        let isOver = Locked(false)
        let thread = try #require(
            PlainThread {
                acceptor.run()
                isOver.withLock { $0 = true }
            })
        try await wait { isOver.withLock { $0 } }
        thread.join()
        loops.stop()
        ServerCore.release(context)
    }

    @Test("servers that stop amid requests leak none")
    func comeAndGo() async throws {
        for _ in 1...20 {
            let server = try Self.server { _ in .later { .status(200) } }
            try await withThrowingTaskGroup { group in
                for _ in 1...4 { group.addTask { _ = try? await server.answers() } }
                try await group.next()
                try await server.stopped(grace: 0)
            }
            #expect(server.core.contexts.value == 0)
        }
    }
}
