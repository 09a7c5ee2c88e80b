package import Foundation
package import OperatingSystem

extension Schedule {
    /// The next instant at which the schedule fires, strictly after `instant`.
    ///
    /// A schedule of **local times** fires at the first instant at which the clock of `zone` shows the time or a later
    /// one. A time that is left out when the clock is put forward therefore fires right after the gap (together with
    /// whatever else is due there, once), and one that is shown twice when the clock is put back fires the first time
    /// only.
    ///
    /// Where cron's hour field allows **every hour** (`*`), the schedule follows the clock as it is instead, in the
    /// repeated hour as well: `*/15 * * * *` fires every 15 minutes of real time, `30 * * * *` every 60. Steps such as
    /// `*/2` name some hours only, so that they are times like any others: neither left out nor fired twice.
    ///
    /// An **interval** is counted from `lastStart` in whole steps, so that it does not drift if `lastStart` is the
    /// instant that was due; without one, or with one that is still to come, it is counted from `instant`.
    ///
    /// To learn whether a run was missed, ask for the next one after the last start: it lies in the past then.
    ///
    /// - Parameter lastStart: When the last run was started; of use to intervals alone.
    /// - Returns: `nil` where there is none before the end of the year 9999.
    package func next(after instant: Timestamp, in zone: TimeZone, lastStart: Timestamp?) -> Timestamp? {
        let floor = instant.secondsSince1970.rounded(.down)
        guard let seconds = Int64(exactly: floor), LocalClock.range.contains(seconds) else { return nil }
        switch rule {
        case .interval(let interval):
            return Self.next(after: instant, every: interval, lastStart: lastStart)
        case .calendar(let rule):
            let clock = LocalClock(zone: zone)
            let next =
                rule.allowsEveryHour
                ? clock.nextShown(by: rule, after: seconds) : clock.nextReached(by: rule, after: seconds)
            return next.map { Timestamp(secondsSince1970: Double($0)) }
        }
    }

    private static func next(
        after instant: Timestamp, every interval: PrometheusDuration, lastStart: Timestamp?
    ) -> Timestamp {
        let start = min(lastStart ?? instant, instant)
        let steps = ((instant.secondsSince1970 - start.secondsSince1970) / interval.seconds).rounded(.down)
        // The quotient may have been rounded to either side of a whole number.
        let candidates = [steps, steps + 1, steps + 2].map {
            Timestamp(secondsSince1970: start.secondsSince1970 + $0 * interval.seconds)
        }
        return candidates.first { $0 > instant } ?? instant + interval.duration
    }
}
