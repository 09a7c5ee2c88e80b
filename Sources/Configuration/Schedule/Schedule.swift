/// When a verification is due: at times of the local clock, or at a fixed interval.
///
/// ```
/// try Schedule(parsing: "Sun 02:00")        // also "sunday 2:00", "Mon,Wed 23:30", "Mon-Fri 22:00"
/// try Schedule(parsing: "daily 02:00")      // also "02:00"
/// try Schedule(parsing: "0 2 * * sun")      // cron: minute, hour, day of the month, month, day of the week
/// try Schedule(parsing: "every 7d")
/// ```
package struct Schedule: Sendable, Hashable, CustomStringConvertible {
    package enum Rule: Sendable, Hashable {
        case calendar(CalendarRule)
        case interval(PrometheusDuration)
    }

    /// The schedule in its plainest writing, which parses to the same schedule.
    package let description: String
    package let rule: Rule

    /// The longest time that passes between two firings, for alerts on verifications that are overdue.
    ///
    /// It is reckoned by the calendar alone, over a whole cycle of leap years: a week for `Sun 02:00`, whether or not
    /// the clocks change in it, and 61 days for the 31st of the month.
    package let expectedInterval: Duration

    package init(_ description: String, _ rule: CalendarRule) {
        self.description = description
        self.rule = .calendar(rule)
        expectedInterval = .seconds(rule.longestGap)
    }

    package init(every interval: PrometheusDuration) {
        description = "every \(interval)"
        rule = .interval(interval)
        expectedInterval = interval.duration
    }
}
