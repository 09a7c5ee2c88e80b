import Foundation
import Testing

@testable import Configuration
@testable import OperatingSystem

@Suite("The next firing of a schedule")
struct ScheduleNextTests {
    private func next(_ text: String, after instant: String, in zone: String) throws -> String? {
        let schedule = try Schedule(parsing: text)
        let zone = try #require(TimeZone(identifier: zone))
        return schedule.next(after: try time(instant), in: zone, lastStart: nil)?.description
    }

    private func time(_ text: String) throws -> Timestamp {
        Timestamp(secondsSince1970: try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    @Test(
        "the change of the clocks moves a firing by what is needed and no more",
        arguments: [
            // Berlin: 02:00 becomes 03:00 at 01:00 UTC.
            ("daily 02:30", "2026-03-28T12:00:00Z", "Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("daily 02:30", "2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-30T00:30:00Z"),
            ("0,20,40 2 * * *", "2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-30T00:00:00Z"),
            ("30 * * * *", "2026-03-29T00:30:00Z", "Europe/Berlin", "2026-03-29T01:30:00Z"),
            // 03:00 becomes 02:00 at 01:00 UTC.
            ("daily 02:30", "2026-10-24T12:00:00Z", "Europe/Berlin", "2026-10-25T00:30:00Z"),
            ("daily 02:30", "2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-26T01:30:00Z"),
            ("30 * * * *", "2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T01:30:00Z"),
            ("0 */2 * * *", "2026-10-25T00:00:00Z", "Europe/Berlin", "2026-10-25T03:00:00Z"),
            // Lord Howe Island: half an hour; 02:00 becomes 02:30 at 15:30 UTC, and 01:30 at 15:00 UTC.
            ("Sun 02:15", "2026-10-03T00:00:00Z", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("Sun 01:45", "2026-04-04T14:45:00Z", "Australia/Lord_Howe", "2026-04-11T15:15:00Z"),
            ("*/15 * * * *", "2026-04-04T14:45:00Z", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
            // Cairo: Friday begins at 01:00 in spring; Thursday ends twice in autumn.
            ("@daily", "2026-04-23T12:00:00Z", "Africa/Cairo", "2026-04-23T22:00:00Z"),
            ("Thu 23:30", "2026-10-29T20:30:00Z", "Africa/Cairo", "2026-11-05T21:30:00Z"),
            ("30 * * * thu", "2026-10-29T20:30:00Z", "Africa/Cairo", "2026-10-29T21:30:00Z"),
            // Samoa: 30 December 2011, a Friday, was left out.
            ("Fri 12:00", "2011-12-29T00:00:00Z", "Pacific/Apia", "2011-12-30T10:00:00Z"),
            // It does not matter how far away the change is.
            ("* * 29 2 *", "2010-09-24T06:09:30Z", "Pacific/Apia", "2012-02-28T10:00:00Z"),
        ])
    func changes(text: String, after: String, zone: String, expected: String) throws {
        #expect(try next(text, after: after, in: zone) == expected)
    }

    @Test(
        "a rare day is found however far it is",
        arguments: [
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("0 0 29 2 */7", "2026-01-01T00:00:00Z", "2032-02-29T00:00:00Z"),
            ("0 0 29 2 */7", "2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z"),
            ("59 23 31 dec *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
            ("* * * 1 *", "2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("@weekly", "1969-12-25T00:00:00Z", "1969-12-28T00:00:00Z"),
        ])
    func rare(text: String, after: String, expected: String) throws {
        #expect(try next(text, after: after, in: "UTC") == expected)
    }

    @Test(
        "an instant that no calendar holds has no next one",
        arguments: [Double.nan, .infinity, -.infinity, 1e18, -1e18, 253_402_300_799, -62_135_596_800])
    func beyond(seconds: Double) throws {
        let instant = Timestamp(secondsSince1970: seconds)
        for text in ["daily 02:00", "* * * * *"] {
            let schedule = try Schedule(parsing: text)
            #expect(schedule.next(after: instant, in: .gmt, lastStart: nil) == nil)
        }
    }

    @Test(
        "an interval is counted from the last start in whole steps, whatever the clocks do",
        arguments: [
            ("every 7d", "2026-03-25T01:00:00Z", "2026-03-25T01:00:00Z", "2026-04-01T01:00:00Z"),
            ("every 7d", "2026-03-25T01:00:30Z", "2026-03-25T01:00:00Z", "2026-04-01T01:00:00Z"),
            ("every 7d", "2026-04-01T00:59:59Z", "2026-03-25T01:00:00Z", "2026-04-01T01:00:00Z"),
            ("every 7d", "2026-04-01T01:00:00Z", "2026-03-25T01:00:00Z", "2026-04-08T01:00:00Z"),
            ("every 7d", "2026-10-30T00:00:00Z", "2026-10-22T00:00:00Z", "2026-11-05T00:00:00Z"),
            ("every 1h", "2026-10-25T01:10:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("every 7d", "2026-03-25T01:00:00Z", nil, "2026-04-01T01:00:00Z"),
            ("every 7d", "2026-03-25T01:00:00Z", "2027-03-25T01:00:00Z", "2026-04-01T01:00:00Z"),
        ] as [(String, String, String?, String)])
    func interval(text: String, after: String, lastStart: String?, expected: String) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let next = try Schedule(parsing: text).next(after: time(after), in: zone, lastStart: lastStart.map(time))
        #expect(next?.description == expected)
    }

    @Test("an interval of any last start, even an impossible one, is later by at most its length")
    func intervalBounds() throws {
        let schedule = try Schedule(parsing: "every 1h1ms")
        for start in [0, 0.1, 1e9 + 1 / 3, -1e300, 1e300, .nan, .infinity, -.infinity] {
            for offset in [0, 3600.001, 7200.002, 36000.01, 1e-6] {
                let now = Timestamp(secondsSince1970: 1e9 + 1 / 3 + offset)
                let lastStart = Timestamp(secondsSince1970: start)
                let next = try #require(schedule.next(after: now, in: .gmt, lastStart: lastStart))
                #expect(next > now)
                #expect(next.secondsSince1970 - now.secondsSince1970 < 3600.002, "\(start) \(offset)")
            }
        }
    }

    @Test("a run that was missed is seen from the last start")
    func missed() throws {
        let lastStart = try time("2026-06-07T00:00:00Z")
        let now = try time("2026-06-20T00:00:00Z")
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        for text in ["Sun 02:00", "every 7d"] {
            let due = try Schedule(parsing: text).next(after: lastStart, in: zone, lastStart: lastStart)
            #expect(try due == time("2026-06-14T00:00:00Z"))
            #expect(try #require(due) < now)
        }
    }

    @Test(
        "the expected interval is the longest time between two firings",
        arguments: [
            ("Sun 02:00", "7d"), ("daily 02:00", "1d"), ("Mon,Wed 23:30", "5d"), ("Mon-Fri 02:00", "3d"),
            ("@daily", "1d"), ("@weekly", "7d"), ("@monthly", "31d"), ("0 2 1,15 * *", "17d"),
            ("0 2 13 * 5", "7d"), ("* * * * *", "1m"), ("*/15 * * * *", "15m"), ("30 */2 * * *", "2h"),
            // From a quarter to six until one o'clock, and from one until ten.
            ("*/15 1-5 * * *", "19h15m"), ("0 1,22 * * *", "21h"), ("0,1 0 * * *", "23h59m"),
            // From 31 March, May, August or October on.
            ("0 0 31 * *", "61d"), ("0 0 1 1 *", "366d"), ("0 0 29 2 *", "1461d"),
            // 28 years, seven of them leap years.
            ("0 0 29 2 */7", "10227d"), ("every 7d", "7d"), ("every 36h", "36h"),
        ])
    func longest(text: String, longest: String) throws {
        #expect(try Schedule(parsing: text).expectedInterval == PrometheusDuration(parsing: longest).duration)
    }
}
