package import Foundation
package import OperatingSystem

/// When a verification is due: at times of the local clock, or at a fixed interval.
///
/// ```
/// try Schedule(parsing: "Sun 02:00")        // also "sunday 2:00", "Mon,Wed 23:30", "Mon-Fri 22:00"
/// try Schedule(parsing: "daily 02:00")      // also "02:00"
/// try Schedule(parsing: "0 2 * * sun")      // cron: minute, hour, day of the month, month, day of the week
/// try Schedule(parsing: "every 7d")
/// ```
package struct Schedule: Sendable, Hashable, CustomStringConvertible {
    enum Rule: Sendable, Hashable {
        case calendar(CalendarRule)
        case interval(PrometheusDuration)
    }

    /// The schedule in its simplest form, which parses to the same schedule.
    package let description: String
    let rule: Rule

    /// The longest time between two firings, for alerts on overdue verifications.
    ///
    /// Changes of the clocks are not counted: it is a week for `Sun 02:00`, and 61 days for the 31st of the month.
    package let expectedInterval: Duration

    init(_ description: String, _ rule: CalendarRule) {
        self.description = description
        self.rule = .calendar(rule)
        expectedInterval = .seconds(rule.longestGap)
    }

    init(every interval: PrometheusDuration) {
        description = "every \(interval)"
        rule = .interval(interval)
        expectedInterval = interval.duration
    }
}

extension Schedule {
    /// The next instant at which the schedule fires, strictly after `instant`.
    ///
    /// A schedule of **local times** fires at the first instant at which the clock of `zone` shows the time or a later
    /// one. A time that is skipped when the clock is put forward therefore fires right after the gap (together with
    /// any other time in the gap, once), and one that is shown twice when the clock is put back fires only the first
    /// time.
    ///
    /// If cron's hour field allows **every hour** (`*`), the schedule instead fires whenever the clock matches, also in
    /// the repeated hour: `*/15 * * * *` fires every 15 minutes of real time, `30 * * * *` every 60. Steps such as
    /// `*/2` match only some hours, so they are treated as local times: neither skipped nor fired twice.
    ///
    /// An **interval** is counted from `lastStart` in whole steps, so that it does not drift if `lastStart` is the
    /// instant that was due. Without one, or with one in the future, it is counted from `instant`.
    ///
    /// To detect a missed run, ask for the next firing after the last start: it is in the past then.
    ///
    /// - Parameter lastStart: When the last run was started; used by intervals only.
    /// - Returns: `nil` if there is none before the end of the year 9999.
    package func next(after instant: Timestamp, in zone: TimeZone, lastStart: Timestamp?) -> Timestamp? {
        let floor = instant.secondsSince1970.rounded(.down)
        guard let seconds = Int64(exactly: floor), LocalClock.range.contains(seconds) else { return nil }
        switch rule {
        case .interval(let interval):
            return Self.next(after: instant, every: interval, lastStart: lastStart)
        case .calendar(let rule):
            return LocalClock(zone: zone).next(of: rule, after: seconds)
                .map { Timestamp(secondsSince1970: Double($0)) }
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
