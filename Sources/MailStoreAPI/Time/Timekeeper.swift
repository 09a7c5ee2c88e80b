internal import Glibc

/// The clocks that time-dependent code looks at, handed in so that tests decide what time it is.
public struct Timekeeper: Sendable {
    /// The wall clock.
    public var now: @Sendable () -> Timestamp
    /// A clock that only goes forward, counted from an arbitrary moment: for ages and deadlines.
    public var uptime: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled meanwhile.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    /// This machine's clocks.
    public static let system = Timekeeper(
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
