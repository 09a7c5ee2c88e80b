package import OperatingSystem

/// The present, as the clocks of the server and of this machine show it while results are read.
///
/// The server's clock is known from a header that a proxy may write, and either machine's clock may be wrong. If the
/// clocks differ by more than a day, one of them is wrong and it is unknown which.
package struct PresentTime: Sendable, Hashable {
    /// How far in the future a time may be and still be believed: more than a wrong time zone explains.
    static let tolerance = Duration.seconds(86_400)

    /// The earlier one of two clocks that roughly agree.
    package var earliest: Timestamp
    /// The later one of two clocks that roughly agree.
    package var latest: Timestamp
    /// What the server's clock shows, if it is more than a day from this machine's.
    package var other: Timestamp?

    package init(earliest: Timestamp, latest: Timestamp, other: Timestamp? = nil) {
        self.earliest = earliest
        self.latest = latest
        self.other = other
    }

    /// A present after all times, for those who read a past that nobody doubts.
    package static let unlimited = PresentTime(
        earliest: Timestamp(secondsSince1970: .infinity), latest: Timestamp(secondsSince1970: .infinity))

    /// The latest time that is shown to people and to Prometheus.
    var latestShown: Timestamp { latest + Self.tolerance }
    /// The latest time that can be right by any of the clocks.
    var latestBelieved: Timestamp { max(latest, other ?? latest) + Self.tolerance }

    /// Whether one of the clocks shows a time before the horizon, so that new runs may lie before it.
    func isBehind(_ horizon: Timestamp) -> Bool {
        min(earliest, other ?? earliest) < horizon
    }
}
