import Testing

@testable import MicroHTTPServer

extension ServerOptions {
    /// A free port of the loopback address, and time enough for a busy machine.
    static func loopback(_ change: (inout ServerOptions) -> Void = { _ in }) -> ServerOptions {
        var options = ServerOptions(host: "127.0.0.1", port: 0)
        options.headTimeout = 600
        options.idleTimeout = 600
        change(&options)
        return options
    }
}

/// Runs a test against a server, stops the server and checks that no request is left behind.
func withServer(
    _ options: ServerOptions = .loopback(),
    handler: @escaping @Sendable (borrowing Request) -> Reply,
    sourceLocation: SourceLocation = #_sourceLocation,
    test: (HTTPServer) async throws -> Void
) async throws {
    let server = try HTTPServer(options, handler: handler)
    do {
        try await test(server)
    } catch {
        try await server.stopped(grace: 0)
        throw error
    }
    try await server.stopped(grace: 0)
    #expect(server.core.contexts.value == 0, "request contexts were leaked", sourceLocation: sourceLocation)
    #expect(server.core.activeRequests == 0, "requests were counted wrongly", sourceLocation: sourceLocation)
}

extension HTTPServer {
    /// Stops off the tasks' threads.
    func stopped(grace: Double) async throws {
        try await blockingCall { self.stop(grace: grace) }
    }

    func client(from source: String? = nil) async throws -> RawClient {
        try await RawClient(port: port, host: host, from: source)
    }

    /// Whether a new connection is answered 200.
    func answers(from source: String? = nil) async throws -> Bool {
        let client = try await client(from: source)
        try await client.request("/")
        return try await client.reply()?.status == 200
    }
}

/// Gives other tasks and threads time until the condition holds; the test's time limit ends it if it never does.
func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

/// Counts the responses and bodies that a test makes, apart from those of tests that run beside it.
struct Counted {
    private let count = LiveCount()

    var live: Int { count.value }

    func make(_ response: () -> Response) -> Response {
        LiveCount.$current.withValue(count, operation: response)
    }
}

/// Bytes in which every position differs from its neighbours and from the same position of another seed.
func pattern(_ size: Int, seed: Int) -> [UInt8] {
    var state = UInt32(truncatingIfNeeded: seed &* 7919 &+ 1)
    return (0..<size).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

/// Something that happens once, on any thread, and that a task waits for.
final class Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ value: Value) {
        continuation.yield(value)
        continuation.finish()
    }

    /// nil if the waiting task is cancelled.
    func wait() async -> Value? {
        for await value in stream { return value }
        return nil
    }
}

extension Signal<Void> {
    func send() { send(()) }
}
