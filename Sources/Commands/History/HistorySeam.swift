import Ledger
import OperatingSystem

/// Where the past ends and the exporter's own counting begins, for the runs of jobs or of profiles.
struct HistorySeam: Sendable, Equatable {
    /// Runs from here on are in the exporter's counters.
    var beginning: Timestamp
    /// When the exporter read for the first time: its own samples begin here, by the server's clock.
    var firstReading: Timestamp

    /// - Parameter firstReach: How far the exporter's first reading goes back, for ledgers that did not note its time.
    init?(_ plan: ReadingPlan, firstReach: Duration) {
        guard let beginning = plan.beginning else { return nil }
        self.beginning = beginning
        firstReading = plan.firstReading ?? beginning + firstReach
    }

    /// The last instant, by this machine's clock, that cannot overlap what Prometheus scraped.
    ///
    /// - Parameter skew: How far the server's clock is ahead, in seconds.
    func end(skew: Double) -> Timestamp {
        min(firstReading, firstReading - .seconds(skew))
    }
}
