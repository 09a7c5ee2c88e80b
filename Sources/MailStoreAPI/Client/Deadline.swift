/// The moment by which a piece of work must be done.
public struct Deadline: Sendable {
    private let uptime: Duration
    private let timekeeper: Timekeeper

    public init(after duration: Duration, timekeeper: Timekeeper) {
        uptime = timekeeper.uptime() + duration
        self.timekeeper = timekeeper
    }

    /// What is left of the time; never negative.
    public var remaining: Duration {
        max(.zero, uptime - timekeeper.uptime())
    }
}
