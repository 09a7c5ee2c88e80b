package import OperatingSystem

/// The moment by which a piece of work must be done.
package struct Deadline: Sendable {
    private let uptime: Duration
    private let clock: Clock

    package init(after duration: Duration, clock: Clock) {
        uptime = clock.uptime() + duration
        self.clock = clock
    }

    /// What is left of the time; never negative.
    package var remaining: Duration {
        max(.zero, uptime - clock.uptime())
    }
}
