package import OperatingSystem

/// Clocks that stand still until a test moves them.
///
/// ```swift
/// let time = ManualTime()
/// async let work: Void = somethingThatSleeps(time.clock)
/// await time.waitForSleepers(1)
/// time.advance(by: .seconds(30))
/// ```
package final class ManualTime: Sendable {
    private struct Sleeper {
        var id: UInt64
        var end: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var id: UInt64
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var uptime: Duration
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        var nextID: UInt64 = 0

        mutating func takeID() -> UInt64 {
            nextID += 1
            return nextID
        }
    }

    private let state: Locked<State>

    /// The wall clock begins at 2026-01-01T00:00:00Z unless told otherwise.
    package init(now: Timestamp = Timestamp(secondsSince1970: 1_767_225_600), uptime: Duration = .seconds(1000)) {
        state = Locked(State(now: now, uptime: uptime))
    }

    /// The clocks, for the code under test.
    package var clock: Clock {
        Clock(
            now: { self.now }, uptime: { self.uptime }, sleep: { try await self.sleep(until: self.uptime + $0) },
            wait: { try await self.sleep(until: $0) })
    }

    /// The wall clock; setting it leaves the uptime and the sleepers alone, as when an administrator corrects a clock.
    package var now: Timestamp {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    /// The clock that only goes forward.
    package var uptime: Duration {
        state.withLock { $0.uptime }
    }

    /// When the first task that is asleep wakes up, on the clock that only goes forward; `nil` where none is.
    package var nextWakeUp: Duration? {
        state.withLock { $0.sleepers.map(\.end).min() }
    }

    /// How many tasks are asleep.
    package var sleeperCount: Int {
        state.withLock { $0.sleepers.count }
    }

    /// Moves both clocks forward and wakes whoever has slept long enough, in the order of their ends.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now + duration
            state.uptime += duration
            let uptime = state.uptime
            let woken = state.sleepers.filter { $0.end <= uptime }.sorted { ($0.end, $0.id) < ($1.end, $1.id) }
            state.sleepers.removeAll { $0.end <= uptime }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Waits until at least `count` tasks are asleep, or until the waiting task is cancelled.
    package func waitForSleepers(_ count: Int) async {
        let id = state.withLock { $0.takeID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.sleepers.count < count, !Task.isCancelled else { return true }
                    state.watchers.append(Watcher(id: id, count: count, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                state.watchers.firstIndex { $0.id == id }.map { state.watchers.remove(at: $0) }
            }
            watcher?.continuation.resume()
        }
    }

    private func sleep(until end: Duration) async throws {
        let id = state.withLock { $0.takeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in fallAsleep(id, until: end, continuation) }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func fallAsleep(
        _ id: UInt64, until end: Duration, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        let (outcome, watchers) = state.withLock { state -> (Result<Void, any Error>?, [Watcher]) in
            // Under the lock: whoever cancels later finds the sleeper.
            if Task.isCancelled { return (.failure(CancellationError()), []) }
            if end <= state.uptime { return (.success(()), []) }
            state.sleepers.append(Sleeper(id: id, end: end, continuation: continuation))
            let count = state.sleepers.count
            let satisfied = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return (nil, satisfied)
        }
        if let outcome { continuation.resume(with: outcome) }
        for watcher in watchers { watcher.continuation.resume() }
    }
}
