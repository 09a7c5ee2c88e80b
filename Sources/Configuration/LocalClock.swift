internal import Foundation
import OperatingSystem

/// The wall clock of a time zone.
///
/// A *wall time* is its reading as a number: the seconds from 1970-01-01T00:00:00 to that date and time, if every day
/// had 86,400. The offset from UTC is assumed to change at most once within a day.
///
/// Foundation's `Calendar` cannot be used for this: `nextDate(after:matching:)` finds no date for some of the times
/// that a change of the clock skips (Lord Howe Island, Caracas), and `date(from:)` moves them by the length of the gap
/// instead of to its end.
struct LocalClock {
    /// The instants for which wall times can be computed, in seconds since 1970: those of ``CivilDateTime``, less a
    /// margin.
    static let range = CivilDateTime.range.lowerBound + 4 * day...CivilDateTime.range.upperBound - 4 * day

    private static let day: Int64 = 86400

    let zone: TimeZone

    /// The next instant after `instant` at which a rule fires, as ``Schedule/next(after:in:lastStart:)`` defines it.
    func next(of rule: CalendarRule, after instant: Int64) -> Int64? {
        let repeats = rule.allowsEveryHour
        guard var due = rule.nextWall(after: repeats ? wall(at: instant) : latestWall(through: instant)) else {
            return nil
        }
        var start = instant
        while true {
            // A wall time that the clock skipped at `start` is due at once.
            let next = max(start, due - offset(at: start))
            guard Self.range.contains(next) else { return nil }
            guard let change = nextChange(after: start), change <= next else { return next }
            start = change
            if repeats {
                // Repeated times fire again, and skipped times do not fire.
                guard let again = rule.nextWall(after: wall(at: change) - 1) else { return nil }
                due = again
            }
        }
    }

    /// The latest wall time that the clock has shown up to `instant`: later than now in a repeated hour.
    private func latestWall(through instant: Int64) -> Int64 {
        let now = wall(at: instant)
        guard let change = nextChange(after: instant - Self.day), change <= instant else { return now }
        return max(now, wall(at: change - 1))
    }

    private func wall(at instant: Int64) -> Int64 { instant + offset(at: instant) }

    private func offset(at instant: Int64) -> Int64 { Int64(zone.secondsFromGMT(for: Self.date(instant))) }

    /// The first instant after `instant` at which the zone has another offset from UTC, or another name for it.
    private func nextChange(after instant: Int64) -> Int64? {
        zone.nextDaylightSavingTimeTransition(after: Self.date(instant)).map { Int64($0.timeIntervalSince1970) }
    }

    private static func date(_ instant: Int64) -> Date { Date(timeIntervalSince1970: Double(instant)) }
}
