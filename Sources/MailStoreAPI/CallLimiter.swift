package import OperatingSystem

/// Limits how many calls run at once; the others wait in order of arrival.
package actor CallLimiter {
    private let limit: Int
    private var active = 0
    private var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    private var nextID: UInt64 = 0

    /// The number of waiting calls.
    var waitingCount: Int { waiting.count }

    /// - Parameter limit: At least 1.
    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Runs `body` when a slot is free; throws `CancellationError` if the task is cancelled while it waits.
    ///
    /// - Parameter waits: False takes a slot at once, also beyond the limit.
    package func withSlot<Value: Sendable>(
        waits: Bool = true, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        try await acquire(waits: waits)
        do {
            let value = try await body()
            await release()
            return value
        } catch {
            await release()
            throw error
        }
    }

    /// Takes a slot when one is free; throws `CancellationError` if the task is cancelled while it waits.
    func acquire(waits: Bool = true) async throws {
        if active < limit || !waits {
            active += 1
            return
        }
        let id = nextID
        nextID += 1
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
        guard granted else { throw CancellationError() }
    }

    /// Frees the slot, or passes it to the call that has waited longest, which leaves `active` as it is.
    func release() {
        if waiting.isEmpty || active > limit {
            active -= 1
        } else {
            waiting.removeFirst().continuation.resume(returning: true)
        }
    }

    private func abandon(_ id: UInt64) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}

/// The time by which work must be finished.
package struct Deadline: Sendable {
    private let uptime: Duration
    private let clock: Clock

    package init(after duration: Duration, clock: Clock) {
        uptime = clock.uptime() + duration
        self.clock = clock
    }

    /// The time left; never negative.
    package var remaining: Duration {
        max(.zero, uptime - clock.uptime())
    }
}
