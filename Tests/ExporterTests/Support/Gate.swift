import NIOConcurrencyHelpers

/// A gate before which tasks wait until a test opens it for good, or until they are cancelled.
final class Gate: Sendable {
    private let arrived = NIOLockedValueBox(0)
    private let stream: AsyncStream<Never>
    private let opener: AsyncStream<Never>.Continuation

    init() {
        (stream, opener) = AsyncStream.makeStream()
    }

    /// How many tasks have come to the gate so far.
    var arrivals: Int {
        arrived.withLockedValue { $0 }
    }

    func open() {
        opener.finish()
    }

    func passed() async {
        arrived.withLockedValue { $0 += 1 }
        for await _ in stream {}
    }
}

/// Lets other tasks run until `condition` holds; the time limit of the suite ends it where it never does.
func eventually(_ condition: () async -> Bool) async {
    while !(await condition()), !Task.isCancelled { await Task.yield() }
}
