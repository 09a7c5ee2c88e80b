internal import Glibc
import PlainText

/// The clocks that time-dependent code looks at, handed in so that tests decide what time it is.
package struct Clock: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Timestamp
    /// A clock that only goes forward, counted from an arbitrary moment: for ages and deadlines.
    package var uptime: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled meanwhile.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    /// This machine's clocks.
    package static let system = Clock(
        now: { Timestamp(secondsSince1970: read(CLOCK_REALTIME).inSeconds) },
        uptime: { read(CLOCK_BOOTTIME) },
        sleep: { try await Task.sleep(for: $0, tolerance: .zero, clock: .continuous) }
    )

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
