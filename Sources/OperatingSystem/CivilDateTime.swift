/// A date and time of day in the proleptic Gregorian calendar, in no particular zone.
package struct CivilDateTime: Sendable, Hashable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// 0 to 23.
    package var hour: Int
    /// 0 to 59.
    package var minute: Int
    /// 0 to 59.
    package var second: Int

    /// Fails where the parts make no date or time: 30 February, 24:00.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.init(
            uncheckedYear: year, month: month, day: day, secondOfDay: hour * 3600 + minute * 60 + second)
    }

    /// The seconds of the years 1 to 9999, counted from 1970-01-01T00:00:00: all that the type can say.
    package static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The civil time that a clock shows which counts `secondsSince1970` from 1970-01-01T00:00:00.
    ///
    /// What lies outside of ``range`` is moved to its nearer end.
    package init(secondsSince1970: Int64) {
        let secondsSince1970 = min(max(secondsSince1970, Self.range.lowerBound), Self.range.upperBound)
        let days = (secondsSince1970 >= 0 ? secondsSince1970 : secondsSince1970 - 86399) / 86400
        // Days are counted from 1 March of year 0, so that the leap day is a year's last (Hinnant, chrono algorithms).
        let shifted = Int(days) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        self.init(
            uncheckedYear: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthIndex + 2) / 5 + 1, secondOfDay: Int(secondsSince1970 - days * 86400))
    }

    private init(uncheckedYear year: Int, month: Int, day: Int, secondOfDay: Int) {
        self.year = year
        self.month = month
        self.day = day
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// The seconds from 1970-01-01T00:00:00 to this civil time, as if every day had 86,400.
    package var secondsSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// `YYYY-MM-DDThh:mm:ss`: the only form in which the API takes a date-time (`mailstore-api.md`, section 1).
    package var text: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    }

    package static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
