import Testing

@testable import MailStoreSimulator

@Suite("Windows time zones")
struct WindowsTimeZoneTests {
    @Test(
        "the wall shows the right time on both sides of each change",
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
        let instant = try #require(CivilTime(utc)).seconds
        #expect(zone.civil(at: instant).text == local)
    }

    @Test(
        "a time on the wall becomes one instant, also where it occurs twice or never",
        arguments: [
            ("2025-01-15T12:00:00", "2025-01-15T11:00:00"), ("2025-07-15T12:00:00", "2025-07-15T10:00:00"),
            ("2025-10-26T02:30:00", "2025-10-26T01:30:00"), ("2025-03-30T02:30:00", "2025-03-30T01:30:00"),
            ("2025-10-26T01:59:59", "2025-10-25T23:59:59"), ("2025-10-26T03:00:00", "2025-10-26T02:00:00"),
        ])
    func instants(local: String, utc: String) throws {
        let zone = try #require(WindowsTimeZone.named("W. Europe Standard Time"))
        let civil = try #require(CivilTime(local))
        #expect(CivilTime(seconds: zone.instant(of: civil)).text == utc)
    }

    @Test("ids are spelt exactly", arguments: ["utc", "Europe/Berlin", "", "$Local"])
    func unknown(id: String) {
        #expect(WindowsTimeZone.named(id) == nil)
    }
}
