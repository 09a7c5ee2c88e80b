import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Cancellation and shutdown")
struct CancellationTests {
    @Test("cancelling the task ends the transfer, also while a reply is coming", arguments: ["/hang", "/stall"])
    func cancel(path: String) async throws {
        let setup = try Setup()
        let task = Task { try await setup.failure(path) }
        while try setup.server.requests() == 0 { await Task.yield() }
        task.cancel()
        let error = try await task.value
        #expect(error.kind == .cancelled)
        #expect(try await setup.send("/status/200").status == 200)
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let setup = try Setup()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await setup.failure("/status/200")
        }
        task.cancel()
        #expect(try await task.value.kind == .cancelled)
        #expect(try setup.server.connections() == 0)
    }

    @Test("cancelling a call that waits for a connection leaves the others alone")
    func cancelQueued() async throws {
        let setup = try Setup { $0.maximumConnections = 1 }
        let hanging = Task { try await setup.failure("/hang") }
        while try setup.server.requests() == 0 { await Task.yield() }
        let waiting = Task { try await setup.failure("/status/200") }
        waiting.cancel()
        #expect(try await waiting.value.kind == .cancelled)
        hanging.cancel()
        #expect(try await hanging.value.kind == .cancelled)
        #expect(try setup.server.requests() == 1)
    }

    @Test("cancelling at any moment gives a reply or the error for it, exactly once")
    func storm() async throws {
        let setup = try Setup()
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let task = Task { () throws(TransportError) in
                        try await setup.transport.send(
                            HTTPRequest(path: "/bytes/100", credentials: nil, timeout: .seconds(20)))
                    }
                    for _ in 0..<(number % 40) { await Task.yield() }
                    task.cancel()
                    switch await task.result {
                    case .success(let reply): return "reply of \(reply.body.count)"
                    case .failure(let error as TransportError): return error.kind.rawValue
                    case .failure: return "another error"
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(outcomes.isSubset(of: ["reply of 100", "cancelled"]))
        #expect(outcomes.contains("cancelled"))
        #expect(try await setup.send("/status/200").status == 200)
    }

    @Test("shutdown ends what runs and what waits, and later calls are refused")
    func shutdown() async throws {
        let setup = try Setup { $0.maximumConnections = 2 }
        let tasks = (0..<5).map { _ in Task { try await setup.failure("/hang") } }
        while try setup.server.requests() < 2 { await Task.yield() }
        setup.engine.shutdown()
        for task in tasks { #expect(try await task.value.kind == .cancelled) }
        #expect(try await setup.failure("/status/200").kind == .cancelled)
        setup.engine.shutdown()
    }

    @Test("shutdown from several threads at once returns in each of them")
    func concurrentShutdown() async throws {
        let engine = CurlEngine()
        await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { engine.shutdown() } }
        }
        let transport = CurlTransport(engine: engine, options: CurlOptions(baseURL: "https://127.0.0.1:1"))
        #expect(try await transport.failure().kind == .cancelled)
    }
}
