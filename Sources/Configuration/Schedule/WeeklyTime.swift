import PlainText

/// A time of day on days of the week, as people write it: `Sun 02:00`, `Mon,Wed 23:30`, `daily 02:00`.
struct WeeklyTime: CustomStringConvertible {
    let rule: CalendarRule
    /// The plainest writing: `Mon,Tue,Wed 02:00`, days from Monday on.
    let description: String

    /// - Parameters:
    ///   - days: In small letters; empty for every day.
    ///   - time: `hh:mm` or `h:mm`.
    init(days: String, time: String) throws(InvalidValue) {
        let (hour, minute) = try Self.parse(time: time)
        let weekdays = try Self.parse(days: days)
        rule = CalendarRule(minutes: NumberSet([minute]), hours: NumberSet([hour]), weekdays: weekdays)

        let mondayFirst = [1, 2, 3, 4, 5, 6, 0].filter(weekdays.contains)
        let names = mondayFirst.map { CronField.weekdayNames[$0].prefix(3) }
        let shownDays = weekdays.count == 7 ? "daily" : names.joined(separator: ",")
        description = "\(shownDays) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private static func parse(time: String) throws(InvalidValue) -> (hour: Int, minute: Int) {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            let hour = CronField.number(parts[0]), let minute = CronField.number(parts[1]),
            hour < 24, minute < 60
        else { throw InvalidValue("\(QuotedText(time)) is not a time of day; from 00:00 to 23:59") }
        return (hour, minute)
    }

    private static func parse(days: String) throws(InvalidValue) -> NumberSet {
        if days.isEmpty || days == "daily" { return NumberSet(0...6) }
        var found = NumberSet()
        for item in days.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            var day = try parse(day: ends[0])
            let last = try parse(day: ends[ends.count - 1])
            found.insert(day)
            // A week has no end: Sat-Mon are three days.
            while day != last {
                day = (day + 1) % 7
                found.insert(day)
            }
        }
        return found
    }

    private static func parse(day: Substring) throws(InvalidValue) -> Int {
        let name = String(day.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        if let day = CronField.index(of: name, in: CronField.weekdayNames) { return day }
        let near = NearestName.find(name, among: CronField.weekdayNames).map { $0.prefix(3) }
        let remedy = near.map { "did you mean \($0)?" } ?? "write Mon to Sun, several as Mon,Wed, or daily"
        throw InvalidValue("\(QuotedText(name)) is not a day of the week; \(remedy)")
    }
}
