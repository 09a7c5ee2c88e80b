import Configuration
package import OperatingSystem
package import Systemd

/// Detects targets whose collection has stalled.
///
/// A target's page is updated after every run of a collector, even one that failed or timed out. So a server that
/// does not answer is not a stall; a collection whose calls never end, or whose task is stuck, is one.
package final class CollectionPulse: Sendable {
    private struct Watched {
        /// The longest time allowed from one update to the next.
        var allowance: Duration
        var lastUpdate: Duration
    }

    private let clock: Clock
    private let watched = Locked<[String: Watched]>([:])

    package init(clock: Clock) {
        self.clock = clock
    }

    /// Starts watching a target.
    func begin(_ target: String, _ settings: CollectionSettings) {
        // The collectors run concurrently, so the most frequent one sets the limit. Its run takes no longer than its
        // time-out, plus a third of it when the server is asked which functions it offers.
        let interval = Edition.allCases.map { settings.interval(for: $0.heartbeat).duration }.max() ?? .zero
        let allowance = interval * 2 + settings.timeout.duration * 2 + .seconds(60)
        let now = clock.uptime()
        watched.withLock { $0[target] = Watched(allowance: allowance, lastUpdate: now) }
    }

    /// Records that the target's page was updated.
    func beat(_ target: String) {
        let now = clock.uptime()
        watched.withLock { $0[target]?.lastUpdate = now }
    }

    func end(_ target: String) {
        watched.withLock { $0[target] = nil }
    }

    /// The names of the targets whose collections have stalled.
    var stalled: [String] {
        let now = clock.uptime()
        return watched.withLock { $0.filter { now - $0.value.lastUpdate > $0.value.allowance }.keys.sorted() }
    }

    /// The check for the watchdog.
    package var check: LivenessCheck {
        LivenessCheck(silence: "the state of the collections cannot be determined") { [self] in
            let stalled = stalled
            return stalled.isEmpty ? nil : "the collection of \(stalled.joined(separator: ", ")) has stalled"
        }
    }
}
