internal import Foundation
import OperatingSystem

/// The clock on the wall in a time zone, by which schedules of local times go.
///
/// What it shows is a number too, a *wall time*: the seconds from 1970-01-01T00:00:00 to the date and time that it
/// shows, as if every day had 86,400. The offset from UTC is taken to change at most once within two days.
struct LocalClock {
    /// The instants for which wall times can be said, in seconds since 1970: those of ``CivilDateTime``, less a margin.
    static let range = CivilDateTime.range.lowerBound + 4 * day...CivilDateTime.range.upperBound - 4 * day

    private static let day: Int64 = 86400

    let zone: TimeZone

    /// The next instant after `instant` at which the clock reaches, or passes over, a wall time of the rule.
    func nextReached(by rule: CalendarRule, after instant: Int64) -> Int64? {
        var wall = instant + offset(at: instant)
        // In a repeated hour the clock shows again what it has reached before: those wall times are stepped over.
        while let next = rule.nextWall(after: wall) {
            guard let reached = firstInstant(reaching: next) else { return nil }
            if reached > instant { return reached }
            wall = next
        }
        return nil
    }

    /// The next instant after `instant` at which the clock shows a wall time of the rule, be it for a second time.
    func nextShown(by rule: CalendarRule, after instant: Int64) -> Int64? {
        var now = instant
        while true {
            let offset = offset(at: now)
            guard let wall = rule.nextWall(after: now + offset) else { return nil }
            let next = wall - offset
            guard Self.range.contains(next) else { return nil }
            let horizon = min(next, now + Self.day)
            if let change = firstChange(after: now, through: horizon) {
                // The time that the clock is put to may be one of the rule's itself.
                if isShown(by: rule, at: change) { return change }
                now = change
            } else if horizon == next {
                return next
            } else {
                // Changes in between only bring back wall times between this one and the next of the rule.
                now = max(horizon, next - Self.day)
            }
        }
    }

    /// The first instant at which the clock shows `wall` or more: the end of the gap where `wall` falls into one.
    private func firstInstant(reaching wall: Int64) -> Int64? {
        // No zone is a whole day away from UTC.
        let (early, late) = (wall - Self.day, wall + Self.day)
        guard Self.range.contains(early), Self.range.contains(late) else { return nil }
        let before = wall - offset(at: early)
        guard let change = firstChange(after: early, through: late) else { return before }
        return before < change ? before : max(change, wall - offset(at: change))
    }

    private func isShown(by rule: CalendarRule, at instant: Int64) -> Bool {
        let wall = instant + offset(at: instant)
        return rule.nextWall(after: wall - 1) == wall
    }

    /// The first instant with another offset than `start` has, as far as `end` shows that there is one.
    private func firstChange(after start: Int64, through end: Int64) -> Int64? {
        let old = offset(at: start)
        guard offset(at: end) != old else { return nil }
        var (same, other) = (start, end)
        while other - same > 1 {
            let middle = same + (other - same) / 2
            if offset(at: middle) == old { same = middle } else { other = middle }
        }
        return other
    }

    private func offset(at instant: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))))
    }
}
