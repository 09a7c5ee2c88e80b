/// A time zone by its Windows id, with the rule of its daylight saving time.
///
/// Covers the zones that a simulated server knows. The rules are today's, applied to every year.
struct WindowsTimeZone: Sendable, Equatable {
    /// When clocks are an hour ahead.
    enum DaylightSaving: Sendable {
        case none
        /// From the last Sunday of March to the last Sunday of October, both at 01:00 UTC.
        case european
        /// From the second Sunday of March to the first Sunday of November, both at 02:00 on the wall.
        case northAmerican
    }

    let id: String
    let displayName: String
    /// Seconds east of UTC in winter.
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

    /// The zone of that id, spelt exactly; `$Local` is not one of them.
    static func named(_ id: String) -> WindowsTimeZone? {
        known.first { $0.id == id }
    }
}

extension WindowsTimeZone {
    /// Seconds east of UTC at an instant (seconds since 1970 UTC).
    func offset(at instant: Int) -> Int {
        standardOffset + (isSummer(instant) ? 3600 : 0)
    }

    /// What a clock on the wall shows at an instant (seconds since 1970 UTC).
    func civil(at instant: Int) -> CivilTime {
        CivilTime(seconds: instant + offset(at: instant))
    }

    /// The instant (seconds since 1970 UTC) at which a clock on the wall shows that time.
    ///
    /// A time that occurs twice is taken as the later one, in standard time, as .NET does. One that never occurs
    /// is moved on by the hour that is missing.
    func instant(of civil: CivilTime) -> Int {
        let standard = civil.seconds - standardOffset
        let summer = standard - 3600
        if offset(at: standard) == standardOffset { return standard }
        return isSummer(summer) ? summer : standard
    }

    private func isSummer(_ instant: Int) -> Bool {
        let year = CivilTime(seconds: instant + standardOffset).year
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
        let first = CivilTime(year: year, month: month, day: 1)
        return first.seconds + (7 - first.weekday) % 7 * 86_400
    }

    private static func lastSunday(of month: Int, _ year: Int) -> Int {
        let last = CivilTime(year: year, month: month, day: CivilTime.days(in: month, of: year))
        return last.seconds - last.weekday * 86_400
    }
}
