internal import Glibc
import PlainText

/// The clocks of time-dependent code, injected so that tests can set the time.
package struct Clock: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Timestamp
    /// The time since an arbitrary moment, unaffected by changes of the wall clock: for ages and deadlines.
    package var uptime: @Sendable () -> Duration
    /// Waits; throws `CancellationError` if the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Waits until ``uptime`` has that value; throws `CancellationError` if the task is cancelled.
    package var wait: @Sendable (Duration) async throws -> Void

    /// - Parameter wait: Unless it is the same as to sleep for the rest of the time.
    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        wait: (@Sendable (Duration) async throws -> Void)? = nil
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.wait =
            wait ?? { moment in
                var rest = moment - uptime()
                while rest > .zero {
                    try await sleep(rest)
                    rest = moment - uptime()
                }
            }
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

/// An instant in UTC.
package struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var secondsSince1970: Double

    package init(secondsSince1970: Double) {
        self.secondsSince1970 = secondsSince1970
    }

    /// How long after `earlier` this instant is; negative if it is before.
    ///
    /// At most 10¹⁵ seconds either way, so that no number from a file or a reply overflows a duration.
    package func since(_ earlier: Timestamp) -> Duration {
        .seconds(min(max(-1e15, secondsSince1970 - earlier.secondsSince1970), 1e15))
    }

    package static func + (instant: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(secondsSince1970: instant.secondsSince1970 + duration.inSeconds)
    }

    package static func - (instant: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(secondsSince1970: instant.secondsSince1970 - duration.inSeconds)
    }

    /// A bare number of seconds, in state files.
    package init(from decoder: any Decoder) throws {
        secondsSince1970 = try decoder.singleValueContainer().decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secondsSince1970)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    /// The instant in the format of RFC 3339, to the second: `2026-01-31T23:59:59Z`.
    package var description: String {
        guard let seconds = Int64(exactly: secondsSince1970.rounded(.down)), CivilDateTime.range.contains(seconds)
        else { return "\(secondsSince1970) s since 1970" }
        return CivilDateTime(secondsSince1970: seconds).text + "Z"
    }
}
