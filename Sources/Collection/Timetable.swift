import Configuration
import OperatingSystem

/// When each collector of a target runs next.
///
/// The first runs are at once. The second ones come earlier than after an interval, for each target by another part of it,
/// so that the rounds of many targets are spread over the interval. A collector that takes longer than its interval runs
/// again as soon as it has ended; runs that it missed are not made up for. A run before its time does not move the others:
/// targets that are repaired together stay spread.
struct Timetable {
    private struct Entry {
        /// The next regular run.
        var next: Duration
        /// A run before that.
        var early: Duration?
        var isRunning = false
        var hasRun = false

        var due: Duration { min(next, early ?? next) }
    }

    private var entries: [CollectorName: Entry]
    /// Those that wait for another one's first run.
    private var held: Set<CollectorName> = []
    private let phase: Double

    /// - Parameters:
    ///   - now: The time on the monotonic clock.
    ///   - phase: The part of the interval after which the second runs follow, above 0, up to 1.
    init(_ names: some Sequence<CollectorName>, at now: Duration, phase: Double) {
        entries = Dictionary(uniqueKeysWithValues: names.map { ($0, Entry(next: now)) })
        self.phase = phase
    }

    /// The collectors that are due, in the order in which collectors are listed; they count as running from now on.
    mutating func takeDue(at now: Duration) -> [CollectorName] {
        CollectorName.allCases.filter { name in
            guard let entry = entries[name], !entry.isRunning, !held.contains(name), entry.due <= now else {
                return false
            }
            entries[name]?.isRunning = true
            // The regular run is the one that is due, if it is.
            if entry.next <= now { entries[name]?.early = nil }
            return true
        }
    }

    /// - Parameter pause: When the collector is worth another try, if that is earlier.
    mutating func ended(_ name: CollectorName, at now: Duration, interval: Duration, pause: Duration?) {
        guard var entry = entries[name] else { return }
        if entry.early == nil {
            entry.next = max(entry.next + (entry.hasRun ? interval : interval * phase), now)
        }
        entry.early = pause.map { now + $0 }
        (entry.isRunning, entry.hasRun) = (false, true)
        entries[name] = entry
    }

    /// Has these collectors run now; those that are running stay as they are.
    mutating func hasten(_ names: some Sequence<CollectorName>, at now: Duration) {
        for name in names where entries[name]?.isRunning == false { entries[name]?.early = now }
    }

    /// Has these collectors wait until they are released.
    mutating func hold(_ names: some Sequence<CollectorName>) {
        held = Set(names)
    }

    /// The collectors that wait are due from now on.
    mutating func release() {
        held = []
    }

    /// When the next collector is due; `nil` while all are running or wait.
    var earliest: Duration? { entries.filter { !$0.value.isRunning && !held.contains($0.key) }.map(\.value.due).min() }
}

/// Wakes up a loop: whenever it is asked to, and at one moment that can be changed.
final class Alarm: Sendable {
    /// Ends when the task that waits for it is cancelled.
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let clock: Clock
    private let timer = Locked<(time: Duration, task: Task<Void, Never>)?>(nil)

    init(clock: Clock) {
        self.clock = clock
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Rings now; rings that nobody has waited for yet are one.
    func ring() {
        continuation.yield()
    }

    /// Sets the time to ring at, on the monotonic clock.
    func set(_ time: Duration?) {
        timer.withLock { timer in
            // One that has rung is as good as none.
            if let old = timer, old.time == time, old.time > clock.uptime() { return }
            timer?.task.cancel()
            timer = time.map { time in (time, Task { await self.ring(at: time) }) }
        }
    }

    func stop() async {
        let task = timer.withLock { $0?.task }
        task?.cancel()
        await task?.value
    }

    private func ring(at time: Duration) async {
        do { try await clock.wait(time) } catch { return }
        ring()
    }
}
