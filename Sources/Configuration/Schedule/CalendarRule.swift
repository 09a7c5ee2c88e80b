/// Which dates and times of day a schedule of local times names, to the minute.
package struct CalendarRule: Sendable, Hashable {
    /// 0 to 59.
    var minutes = NumberSet(0...59)
    /// 0 to 23.
    var hours = NumberSet(0...23)
    /// 1 to 31.
    var daysOfMonth = NumberSet(1...31)
    /// 1 to 12.
    var months = NumberSet(1...12)
    /// 0, Sunday, to 6.
    var weekdays = NumberSet(0...6)
    /// Whether a day is named by its number or by its day of the week, where it has to be both otherwise.
    ///
    /// So it is in cron where neither of the two fields begins with `*` (crontab(5), "Commands are executed ...").
    var eitherDay = false

    /// Whether the hour does not matter, which makes it a schedule by elapsed time more than by time of day.
    var allowsEveryHour: Bool { hours.count == 24 }

    /// Whether there is any such day; 29 February is one.
    var isPossible: Bool {
        guard !eitherDay else { return true }
        return months.members.contains { month in
            let length = month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31
            return daysOfMonth.first.map { $0 <= length } ?? false
        }
    }

    /// The first wall time (seconds, as in ``LocalClock``) after `wall` that the rule names; `nil` where there is none.
    func nextWall(after wall: Int64) -> Int64? {
        let minute = Self.floor(wall, by: 60) + 1
        let day = Self.floor(minute, by: 1440)
        if let time = nextTime(from: Int(minute - day * 1440)), nextDay(from: day) == day {
            return (day * 1440 + Int64(time)) * 60
        }
        guard let next = nextDay(from: day + 1), let time = nextTime(from: 0) else { return nil }
        return (next * 1440 + Int64(time)) * 60
    }

    /// The first minute of a day, from `minute` on, that the rule names.
    private func nextTime(from minute: Int) -> Int? {
        let hour = minute / 60
        if hours.contains(hour), let next = minutes.next(from: minute % 60) { return hour * 60 + next }
        guard let next = hours.next(from: hour + 1), let first = minutes.first else { return nil }
        return next * 60 + first
    }

    private static func floor(_ number: Int64, by divisor: Int64) -> Int64 {
        (number >= 0 ? number : number - divisor + 1) / divisor
    }
}
