import TestSupport

/// A server's clock that is set forward and back now and then.
struct ModelClock: Sendable {
    /// When the clock was set, by a clock that is never wrong, and by how many seconds.
    var jumps: [(at: Double, by: Double)] = []

    /// What the clock shows.
    func shown(at time: Double) -> Double {
        jumps.reduce(time) { shown, jump in time >= jump.at ? shown + jump.by : shown }
    }

    /// How far all jumps together may carry times from where they belong, in seconds.
    var wander: Double {
        jumps.reduce(0) { $0 + abs($1.by) }
    }
}
