import PlainText

/// The five fields of cron: minute, hour, day of the month, month, day of the week (crontab(5), Vixie cron).
enum CronExpression {
    /// - Parameter fields: Five, in small letters.
    static func parse(_ fields: [String]) throws(InvalidValue) -> CalendarRule {
        var sets: [NumberSet] = []
        for (field, text) in zip(CronField.all, fields) { sets.append(try field.parse(text)) }
        var weekdays = sets[4]
        // 7 is Sunday too.
        if weekdays.contains(7) { weekdays = NumberSet(bits: weekdays.bits & 0x7F | 1) }
        let isEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        let rule = CalendarRule(
            minutes: sets[0], hours: sets[1], daysOfMonth: sets[2], months: sets[3], weekdays: weekdays,
            eitherDay: isEitherDay)
        guard rule.isPossible else {
            let why = "no month that it names (\(fields[3])) has such a day (\(fields[2]))"
            throw InvalidValue("it can never be, since \(why)")
        }
        return rule
    }
}
