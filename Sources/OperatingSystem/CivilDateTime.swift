internal import Glibc

/// A date and time of day in the proleptic Gregorian calendar, in no particular zone.
package struct CivilDateTime: Sendable, Hashable {
    /// The years 1 to 9999 in seconds since 1970-01-01T00:00:00: all dates that the type can hold.
    package static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The seconds since 1970-01-01T00:00:00, with 86,400 in each day.
    package let secondsSince1970: Int64
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59.
    package let second: Int

    /// Fails for a date or time that does not exist, such as 30 February or 24:00.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        let seconds = timegm(&parts)
        // A day that does not exist in the month has become one of the next month.
        guard parts.tm_mday == day else { return nil }
        self.init(Int64(seconds), parts)
    }

    /// The civil time of a clock that counts `secondsSince1970`; the nearer end of ``range`` where it is outside.
    package init(secondsSince1970: Int64) {
        var seconds = time_t(min(max(secondsSince1970, Self.range.lowerBound), Self.range.upperBound))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        self.init(Int64(seconds), parts)
    }

    private init(_ secondsSince1970: Int64, _ parts: tm) {
        self.secondsSince1970 = secondsSince1970
        (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
        (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    }

    /// `YYYY-MM-DD`.
    package var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    /// `YYYY-MM-DDThh:mm:ss`: the only form that the API accepts (`docs/api.md`, "Dates and time zones").
    package var text: String { "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

    /// The days of a month, 28 to 31.
    package static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
