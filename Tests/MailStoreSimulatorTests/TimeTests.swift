import OperatingSystem
import Testing

@testable import MailStoreSimulator

@Suite("Calendar dates and times")
struct CivilTimeTests {
    @Test(
        "an instant is converted to the right date",
        arguments: [
            (0, "1970-01-01T00:00:00"), (951_782_400, "2000-02-29T00:00:00"), (1_403_792_023, "2014-06-26T14:13:43"),
            (4_102_444_799, "2099-12-31T23:59:59"), (-1, "1969-12-31T23:59:59"),
        ])
    func instants(seconds: Int, text: String) {
        #expect(CivilDateTime(seconds: seconds).text == text)
        #expect(CivilDateTime(parsing: text)?.seconds == seconds)
    }

    @Test(
        "only the exact form of a date-time is accepted",
        arguments: [
            "2025-10-14", "2025-10-14T10:00:00Z", "2025-10-14T10:00:00+02:00", "2025-10-14T10:00:00.5",
            "2025-10-14 10:00:00", "2025-13-01T00:00:00", "2025-02-29T00:00:00", "2025-10-14T24:00:00",
            "2025-10-14T10:60:00", "14.10.2025 10:00:00", "", "2025-1O-14T10:00:00",
        ])
    func refused(text: String) {
        #expect(CivilDateTime(parsing: text) == nil)
    }

    @Test("the date of a header is formatted as in the documented example")
    func httpDate() {
        #expect(CivilDateTime(seconds: 1_403_792_023).httpDate == "Thu, 26 Jun 2014 14:13:43 GMT")
    }

    @Test("every day of eight years follows the previous one")
    func consecutiveDays() {
        var previous = CivilDateTime(year: 2023, month: 12, day: 31)
        for day in 0..<2922 {
            let civil = CivilDateTime(seconds: 1_704_067_200 + day * 86_400)
            let isNext = civil.day == previous.day + 1 && civil.month == previous.month
            let endsMonth = previous.day == CivilDateTime.days(in: previous.month, of: previous.year)
            #expect(endsMonth ? civil.day == 1 && civil.month == previous.month % 12 + 1 : isNext)
            #expect(civil.weekday == (previous.weekday + 1) % 7)
            previous = civil
        }
        #expect(previous.text == "2031-12-31T00:00:00")
    }
}

@Suite("Windows time zones")
struct WindowsTimeZoneTests {
    @Test(
        "local time is right on both sides of each change",
        arguments: [
            ("W. Europe Standard Time", "2025-03-30T00:59:59", "2025-03-30T01:59:59"),
            ("W. Europe Standard Time", "2025-03-30T01:00:00", "2025-03-30T03:00:00"),
            ("W. Europe Standard Time", "2025-10-26T00:59:59", "2025-10-26T02:59:59"),
            ("W. Europe Standard Time", "2025-10-26T01:00:00", "2025-10-26T02:00:00"),
            ("GMT Standard Time", "2024-03-31T01:00:00", "2024-03-31T02:00:00"),
            ("Eastern Standard Time", "2025-03-09T06:59:59", "2025-03-09T01:59:59"),
            ("Eastern Standard Time", "2025-03-09T07:00:00", "2025-03-09T03:00:00"),
            ("Eastern Standard Time", "2025-11-02T05:59:59", "2025-11-02T01:59:59"),
            ("Eastern Standard Time", "2025-11-02T06:00:00", "2025-11-02T01:00:00"),
            ("India Standard Time", "2025-07-01T00:00:00", "2025-07-01T05:30:00"),
            ("UTC", "2025-07-01T00:00:00", "2025-07-01T00:00:00"),
        ])
    func wall(id: String, utc: String, local: String) throws {
        let zone = try #require(WindowsTimeZone.named(id))
        let instant = try #require(CivilDateTime(parsing: utc)).seconds
        #expect(zone.civil(at: instant).text == local)
    }

    @Test(
        "a local time is one instant, even if it occurs twice or never",
        arguments: [
            ("2025-01-15T12:00:00", "2025-01-15T11:00:00"), ("2025-07-15T12:00:00", "2025-07-15T10:00:00"),
            ("2025-10-26T02:30:00", "2025-10-26T01:30:00"), ("2025-03-30T02:30:00", "2025-03-30T01:30:00"),
            ("2025-10-26T01:59:59", "2025-10-25T23:59:59"), ("2025-10-26T03:00:00", "2025-10-26T02:00:00"),
        ])
    func instants(local: String, utc: String) throws {
        let zone = try #require(WindowsTimeZone.named("W. Europe Standard Time"))
        let civil = try #require(CivilDateTime(parsing: local))
        #expect(CivilDateTime(seconds: zone.instant(of: civil)).text == utc)
    }

    @Test("ids must match exactly", arguments: ["utc", "Europe/Berlin", "", "$Local"])
    func unknown(id: String) {
        #expect(WindowsTimeZone.named(id) == nil)
    }
}

@Suite("The simulated clock")
struct SimulatedClockTests {
    @Test("runs faster than the real one by its speed", arguments: [(1.0, 110.0), (60.0, 700.0), (0.0, 100.0)])
    func speed(speed: Double, expected: Double) {
        let clock = SimulatedClock(real: 1000, simulated: 100, speed: speed)
        #expect(clock.simulated(at: 1010) == expected)
    }

    @Test("continues from its time when it is set or its speed changes")
    func changes() {
        var clock = SimulatedClock(real: 0, simulated: 0, speed: 10)
        clock.set(speed: 2, at: 5)
        #expect(clock.simulated(at: 6) == 52)
        clock.set(to: 1000, at: 6)
        #expect(clock.simulated(at: 7) == 1002)
    }
}
