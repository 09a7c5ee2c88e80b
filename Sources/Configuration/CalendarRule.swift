import OperatingSystem

/// The dates and times of day in a schedule of local times, to the minute.
struct CalendarRule: Sendable, Hashable {
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
    /// Whether a day matches by its number or by its day of the week; otherwise it must match by both.
    ///
    /// This is cron's rule if neither of the two fields begins with `*` (crontab(5), "Commands are executed ...").
    var eitherDay = false

    /// Whether the rule matches every hour, so that it follows elapsed time and not the time of day.
    var allowsEveryHour: Bool { hours == NumberSet(0...23) }

    /// Whether any day matches; 29 February counts.
    var isPossible: Bool {
        guard !eitherDay else { return true }
        return months.members.contains { month in
            let length = month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31
            return daysOfMonth.next(from: 1).map { $0 <= length } ?? false
        }
    }

    /// The first wall time (as in ``LocalClock``) after `wall` that matches the rule; `nil` if there is none.
    func nextWall(after wall: Int64) -> Int64? {
        let minute = Self.floor(wall, by: 60) + 1
        let today = Self.floor(minute, by: 1440)
        // Two days of a rule are at most 40 years apart: from a 29 February to the next one on the same day of the
        // week, across a year such as 2100 that is not a leap year.
        for day in today...today + 41 * 366 where names(day) {
            let earliest = day == today ? Int(minute - day * 1440) : 0
            if let time = nextTime(from: earliest) { return (day * 1440 + Int64(time)) * 60 }
        }
        return nil
    }

    /// The longest time from one firing to the next, in seconds, ignoring changes of the clock.
    var longestGap: Int64 {
        let times = hours.members.flatMap { hour in minutes.members.map { Int64(hour * 60 + $0) } }
        // Leap years and days of the week repeat every 28 years from 2000 on.
        let (start, cycle): (Int64, Int64) = (10_957, 10_227)
        let days = (start..<start + cycle).filter(names)
        guard let firstTime = times.first, let lastTime = times.last, let firstDay = days.first else { return 0 }
        let betweenDays = Self.longestStep(days + [firstDay + cycle]) * 1440 + firstTime - lastTime
        return max(Self.longestStep(times), betweenDays) * 60
    }

    /// Whether a day matches the rule; days are counted from 1970-01-01.
    private func names(_ day: Int64) -> Bool {
        let date = CivilDateTime(secondsSince1970: day * 86400)
        guard months.contains(date.month) else { return false }
        // 1970-01-01 was a Thursday.
        let byWeekday = weekdays.contains(Int(day + 4 - Self.floor(day + 4, by: 7) * 7))
        let byNumber = daysOfMonth.contains(date.day)
        return eitherDay ? byNumber || byWeekday : byNumber && byWeekday
    }

    /// The first minute of a day, from `minute` on, that matches the rule.
    private func nextTime(from minute: Int) -> Int? {
        let hour = minute / 60
        if hours.contains(hour), let next = minutes.next(from: minute % 60) { return hour * 60 + next }
        guard let next = hours.next(from: hour + 1), let first = minutes.next(from: 0) else { return nil }
        return next * 60 + first
    }

    private static func longestStep(_ numbers: [Int64]) -> Int64 {
        zip(numbers, numbers.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    private static func floor(_ number: Int64, by divisor: Int64) -> Int64 {
        (number >= 0 ? number : number - divisor + 1) / divisor
    }
}

/// A set of numbers from 0 to 63 with ordered access.
struct NumberSet: Sendable, Hashable {
    private var bits: UInt64 = 0

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { bits |= 1 << UInt64(number) }
    }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The smallest member that is `number` or more.
    func next(from number: Int) -> Int? {
        let rest = bits >> UInt64(number)
        return rest == 0 ? nil : number + rest.trailingZeroBitCount
    }

    /// The members in order.
    var members: [Int] { (0...63).filter(contains) }
}
