extension CalendarRule {
    /// As many months as there may be between two days of a rule: 40 years from a 29 February to the next one on the
    /// same day of the week, across a year such as 2100 that is no leap year.
    private static let mostMonths = 41 * 12

    /// The first day from `day` on (both counted from 1970-01-01) that the rule names; `nil` where there is none.
    func nextDay(from day: Int64) -> Int64? {
        var month = CivilMonth(containing: day)
        for _ in 0...Self.mostMonths {
            guard let current = month else { return nil }
            if months.contains(current.month) {
                let start = max(0, day - current.firstDay) + 1
                if let found = days(of: current).next(from: Int(start)) { return current.firstDay + Int64(found) - 1 }
            }
            month = current.following
        }
        return nil
    }

    /// The longest time from one firing to the next, in seconds, where no clock is ever changed.
    var longestGap: Int64 {
        guard let firstHour = hours.first, let lastHour = hours.last, let firstMinute = minutes.first,
            let lastMinute = minutes.last
        else { return 0 }
        let withinHour = minutes.longestStep
        let betweenHours = hours.longestStep == 0 ? 0 : hours.longestStep * 60 + firstMinute - lastMinute
        let overNight = (firstHour - lastHour) * 60 + firstMinute - lastMinute
        let betweenDays = longestGapInDays * 1440 + Int64(overNight)
        return max(Int64(max(withinHour, betweenHours)), betweenDays) * 60
    }

    /// The longest gap in the 28 years from 2000 on, after which leap years and days of the week repeat themselves.
    private var longestGapInDays: Int64 {
        guard let start = CivilMonth(year: 2000, month: 1), let end = CivilMonth(year: 2028, month: 1),
            var day = nextDay(from: start.firstDay)
        else { return 0 }
        var longest: Int64 = 0
        while day < end.firstDay, let next = nextDay(from: day + 1) {
            longest = max(longest, next - day)
            day = next
        }
        return longest
    }

    /// The days of a month that the rule names, from 1.
    private func days(of month: CivilMonth) -> NumberSet {
        // Seven bits from the first day's on, repeated every seven days, moved up since days count from 1.
        let week = (weekdays.bits << 7 | weekdays.bits) >> UInt64(month.firstWeekday) & 0x7F
        let byWeekday = (week * 0x8_1020_4081) << 1
        let all = UInt64(2) << UInt64(month.length) - 2
        let named = eitherDay ? daysOfMonth.bits | byWeekday : daysOfMonth.bits & byWeekday
        return NumberSet(bits: named & all)
    }
}
