/// A date and a time of day on the proleptic Gregorian calendar, without a time zone.
struct CivilTime: Sendable, Hashable {
    var year: Int
    /// 1...12.
    var month: Int
    /// 1...31.
    var day: Int
    /// 0...23.
    var hour = 0
    /// 0...59.
    var minute = 0
    /// 0...59.
    var second = 0
}

extension CivilTime {
    /// The calendar date and time so many seconds after 1970-01-01T00:00:00 on the same clock.
    init(seconds: Int) {
        let days = seconds.flooredQuotient(by: 86_400)
        let rest = seconds - days * 86_400
        // A year that begins in March puts the leap day last, so that the months before it never move.
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * marchMonth + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60
        )
    }

    /// The seconds from 1970-01-01T00:00:00 to this moment on the same clock.
    var seconds: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredQuotient(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// The day of the week: 0 is Sunday, 6 is Saturday.
    var weekday: Int {
        let days = seconds.flooredQuotient(by: 86_400)
        // 1970-01-01 was a Thursday.
        return ((days + 4) % 7 + 7) % 7
    }

    /// How many days the month has.
    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    /// The quotient rounded towards minus infinity; the divisor must be positive.
    func flooredQuotient(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
