import OperatingSystem

/// A latch at which tasks wait until a test opens it for good, or until they are cancelled.
package final class Latch: Sendable {
    private let arrived = Locked(0)
    private let stream: AsyncStream<Never>
    private let opener: AsyncStream<Never>.Continuation

    package init() {
        (stream, opener) = AsyncStream.makeStream()
    }

    /// How many tasks have reached the latch so far.
    package var arrivals: Int {
        arrived.withLock { $0 }
    }

    package func open() {
        opener.finish()
    }

    package func passed() async {
        arrived.withLock { $0 += 1 }
        for await _ in stream {}
    }
}

/// Lets other tasks run until `condition` holds; the time limit of the suite ends it where it never does.
package func eventually(_ condition: () async -> Bool) async {
    while !(await condition()), !Task.isCancelled { await Task.yield() }
}
