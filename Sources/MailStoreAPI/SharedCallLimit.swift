package import OperatingSystem

/// The share of one client in a limit on the calls to all servers together.
///
/// The limit spreads bursts, such as the first calls of many targets. It must not let slow or dead servers delay others,
/// so a call counts for a second at most and then goes on without counting, and a client whose last call took longer does
/// not wait at all: its calls cost little, because they mostly wait for the server.
package final class SharedCallLimit: Sendable {
    /// How long a call counts.
    static let longest = Duration.seconds(1)

    private let limiter: CallLimiter
    private let clock: Clock
    private let isSlow = Locked(false)

    /// - Parameter limiter: The limiter that all clients share.
    package init(_ limiter: CallLimiter, clock: Clock) {
        self.limiter = limiter
        self.clock = clock
    }

    /// Runs `body` when the limit permits it; throws `CancellationError` if the task is cancelled while it waits.
    func withTurn<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        let turn = isSlow.withLock { $0 } ? nil : try await Turn(limiter, clock)
        let start = clock.uptime()
        func end() async {
            isSlow.withLock { $0 = clock.uptime() - start >= Self.longest }
            await turn?.end()
        }
        do {
            let value = try await body()
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }

    /// A slot of the limiter that is given back after a second, or earlier.
    private final class Turn: Sendable {
        private let limiter: CallLimiter
        private let timer = Locked<Task<Void, Never>?>(nil)
        private let isOver = Locked(false)

        init(_ limiter: CallLimiter, _ clock: Clock) async throws {
            self.limiter = limiter
            try await limiter.acquire()
            let task = Task {
                do { try await clock.sleep(SharedCallLimit.longest) } catch { return }
                await self.giveBack()
            }
            timer.withLock { $0 = task }
        }

        func end() async {
            timer.withLock { $0 }?.cancel()
            await giveBack()
        }

        private func giveBack() async {
            let isFirst = isOver.withLock { isOver in
                defer { isOver = true }
                return !isOver
            }
            if isFirst { await limiter.release() }
        }
    }
}

/// The limiter that all clients share, renewed when a reload changes the limit.
package final class SharedCallLimiter: Sendable {
    private let current: Locked<(limit: Int, limiter: CallLimiter)?> = Locked(nil)

    package init() {}

    /// The limiter for a number of calls; calls of clients that have another one are not counted.
    package func limiter(_ limit: Int) -> CallLimiter {
        current.withLock { current in
            if let current, current.limit == limit { return current.limiter }
            let limiter = CallLimiter(limit: limit)
            current = (limit, limiter)
            return limiter
        }
    }
}
