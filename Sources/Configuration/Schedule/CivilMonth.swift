import OperatingSystem

/// A month of the Gregorian calendar, and where it lies among the days that are counted from 1970-01-01.
struct CivilMonth {
    let year: Int
    /// 1 to 12.
    let month: Int
    /// The number of its first day; 1970-01-01 is 0.
    let firstDay: Int64
    /// 28 to 31.
    let length: Int

    /// Fails outside of the years 1 to 9999, and for December 9999, whose end cannot be said.
    init?(year: Int, month: Int) {
        guard let firstDay = Self.firstDay(year: year, month: month),
            let end = Self.firstDay(year: month == 12 ? year + 1 : year, month: month % 12 + 1)
        else { return nil }
        (self.year, self.month, self.firstDay, length) = (year, month, firstDay, Int(end - firstDay))
    }

    init?(containing day: Int64) {
        let date = CivilDateTime(secondsSince1970: day * 86400)
        self.init(year: date.year, month: date.month)
    }

    var following: CivilMonth? {
        CivilMonth(year: month == 12 ? year + 1 : year, month: month % 12 + 1)
    }

    /// The day of the week of its first day, from 0, Sunday, to 6.
    var firstWeekday: Int {
        // 1970-01-01 was a Thursday.
        Int(((firstDay + 4) % 7 + 7) % 7)
    }

    private static func firstDay(year: Int, month: Int) -> Int64? {
        CivilDateTime(year: year, month: month, day: 1, hour: 0, minute: 0, second: 0).map {
            let seconds = $0.secondsSince1970
            return (seconds >= 0 ? seconds : seconds - 86399) / 86400
        }
    }
}
