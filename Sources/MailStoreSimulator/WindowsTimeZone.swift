internal import OperatingSystem

/// A time zone with its Windows id and its rule for daylight saving time.
///
/// Today's rules are applied to every year.
struct WindowsTimeZone: Sendable, Equatable {
    /// The period in which clocks are an hour ahead.
    enum DaylightSaving: Sendable {
        case none
        /// From the last Sunday of March to the last Sunday of October, both at 01:00 UTC.
        case european
        /// From the second Sunday of March to the first Sunday of November, both at 02:00 local time.
        case northAmerican
    }

    let id: String
    let displayName: String
    /// The offset from UTC without daylight saving time, in seconds; positive in the east.
    let standardOffset: Int
    let daylightSaving: DaylightSaving

    static let utc = WindowsTimeZone(
        id: "UTC", displayName: "(UTC) Coordinated Universal Time", standardOffset: 0, daylightSaving: .none)

    /// The zones that a simulated server knows, `UTC` first.
    static let known: [WindowsTimeZone] = [
        utc,
        WindowsTimeZone(
            id: "GMT Standard Time", displayName: "(UTC+00:00) Dublin, Edinburgh, Lisbon, London",
            standardOffset: 0, daylightSaving: .european),
        WindowsTimeZone(
            id: "W. Europe Standard Time", displayName: "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            standardOffset: 3600, daylightSaving: .european),
        WindowsTimeZone(
            id: "FLE Standard Time", displayName: "(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius",
            standardOffset: 7200, daylightSaving: .european),
        WindowsTimeZone(
            id: "India Standard Time", displayName: "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi",
            standardOffset: 19_800, daylightSaving: .none),
        WindowsTimeZone(
            id: "Tokyo Standard Time", displayName: "(UTC+09:00) Osaka, Sapporo, Tokyo",
            standardOffset: 32_400, daylightSaving: .none),
        WindowsTimeZone(
            id: "Eastern Standard Time", displayName: "(UTC-05:00) Eastern Time (US & Canada)",
            standardOffset: -18_000, daylightSaving: .northAmerican),
        WindowsTimeZone(
            id: "Pacific Standard Time", displayName: "(UTC-08:00) Pacific Time (US & Canada)",
            standardOffset: -28_800, daylightSaving: .northAmerican),
    ]

    /// The zone with exactly this id; nil for `$Local`.
    static func named(_ id: String) -> WindowsTimeZone? {
        known.first { $0.id == id }
    }
}

extension WindowsTimeZone {
    /// The offset from UTC at an instant (seconds since 1970, UTC), in seconds.
    private func offset(at instant: Int) -> Int {
        standardOffset + (isSummer(instant) ? 3600 : 0)
    }

    /// The offset from UTC at an instant, such as `+02:00`.
    func offsetText(at instant: Int) -> String {
        let minutes = abs(offset(at: instant)) / 60
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return (offset(at: instant) < 0 ? "-" : "+") + padded(minutes / 60) + ":" + padded(minutes % 60)
    }

    /// The local time at an instant (seconds since 1970, UTC).
    func civil(at instant: Int) -> CivilDateTime {
        CivilDateTime(seconds: instant + offset(at: instant))
    }

    /// The instant (seconds since 1970, UTC) of a local time.
    ///
    /// A time that occurs twice is the later one, in standard time, as in .NET. A time that is skipped moves forward by
    /// the missing hour.
    func instant(of civil: CivilDateTime) -> Int {
        let standard = civil.seconds - standardOffset
        let summer = standard - 3600
        if offset(at: standard) == standardOffset { return standard }
        return isSummer(summer) ? summer : standard
    }

    private func isSummer(_ instant: Int) -> Bool {
        let year = CivilDateTime(seconds: instant + standardOffset).year
        switch daylightSaving {
        case .none:
            return false
        case .european:
            let begin = Self.lastSunday(of: 3, year) + 3600
            return begin <= instant && instant < Self.lastSunday(of: 10, year) + 3600
        case .northAmerican:
            let begin = Self.firstSunday(of: 3, year) + 7 * 86_400 + 7200 - standardOffset
            return begin <= instant && instant < Self.firstSunday(of: 11, year) + 3600 - standardOffset
        }
    }

    private static func firstSunday(of month: Int, _ year: Int) -> Int {
        let first = CivilDateTime(year: year, month: month, day: 1)
        return first.seconds + (7 - first.weekday) % 7 * 86_400
    }

    private static func lastSunday(of month: Int, _ year: Int) -> Int {
        let last = CivilDateTime(year: year, month: month, day: CivilDateTime.days(in: month, of: year))
        return last.seconds - last.weekday * 86_400
    }
}
