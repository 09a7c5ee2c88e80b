import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import OperatingSystem

@Suite("Civil dates and times")
struct CivilDateTimeTests {
    @Test(
        "known instants are told and counted back",
        arguments: [
            (0, "1970-01-01T00:00:00"), (-1, "1969-12-31T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
            (951_868_799, "2000-02-29T23:59:59"), (951_868_800, "2000-03-01T00:00:00"),
            (-2_203_891_201, "1900-02-28T23:59:59"), (-2_203_891_200, "1900-03-01T00:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"), (1_767_225_599, "2025-12-31T23:59:59"),
            (-62_135_596_800, "0001-01-01T00:00:00"), (253_402_300_799, "9999-12-31T23:59:59"),
        ] as [(Int64, String)])
    func known(seconds: Int64, text: String) {
        let civil = CivilDateTime(secondsSince1970: seconds)
        #expect(civil.text == text)
        #expect(civil.secondsSince1970 == seconds)
    }

    @Test("random instants are told as Foundation tells them", arguments: 0..<4)
    func foundation(seed: Int) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var generator = SeededRandom(seed: seed)
        for _ in 0..<500 {
            // From 1583 on, since Foundation's calendar is the Julian one before.
            let seconds = Int64.random(in: -12_212_553_600...CivilDateTime.range.upperBound, using: &generator)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            let civil = CivilDateTime(secondsSince1970: seconds)
            #expect([civil.year, civil.month, civil.day] == [parts.year, parts.month, parts.day])
            #expect([civil.hour, civil.minute, civil.second] == [parts.hour, parts.minute, parts.second])
        }
    }

    @Test("telling and counting undo one another in all years", arguments: 0..<4)
    func roundTrip(seed: Int) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<5000 {
            let seconds = Int64.random(in: CivilDateTime.range, using: &generator)
            let civil = CivilDateTime(secondsSince1970: seconds)
            #expect(civil.secondsSince1970 == seconds)
            let again = CivilDateTime(
                year: civil.year, month: civil.month, day: civil.day, hour: civil.hour, minute: civil.minute,
                second: civil.second)
            #expect(again == civil)
        }
    }

    @Test(
        "instants outside of the years 1 to 9999 are moved to the nearer end",
        arguments: [
            (Int64.min, "0001-01-01T00:00:00"), (-62_135_596_801, "0001-01-01T00:00:00"),
            (253_402_300_800, "9999-12-31T23:59:59"), (Int64.max, "9999-12-31T23:59:59"),
        ] as [(Int64, String)])
    func outside(seconds: Int64, text: String) {
        #expect(CivilDateTime(secondsSince1970: seconds).text == text)
    }

    @Test(
        "February has 29 days in leap years only",
        arguments: [
            (2024, true), (2023, false), (2000, true), (1900, false), (2100, false), (4, true), (1, false),
            (9999, false),
        ])
    func leapYears(year: Int, isLeap: Bool) {
        let day = CivilDateTime(year: year, month: 2, day: 29, hour: 0, minute: 0, second: 0)
        #expect((day != nil) == isLeap)
    }

    @Test(
        "parts that make no date or time are refused",
        arguments: [
            [0, 1, 1, 0, 0, 0], [10000, 1, 1, 0, 0, 0], [2026, 0, 1, 0, 0, 0], [2026, 13, 1, 0, 0, 0],
            [2026, 1, 0, 0, 0, 0], [2026, 1, 32, 0, 0, 0], [2026, 4, 31, 0, 0, 0], [2026, 2, 30, 0, 0, 0],
            [2026, 1, 1, 24, 0, 0], [2026, 1, 1, -1, 0, 0], [2026, 1, 1, 0, 60, 0], [2026, 1, 1, 0, 0, 60],
            [.max, .max, .max, .max, .max, .max], [.min, .min, .min, .min, .min, .min],
        ])
    func refused(parts: [Int]) {
        let civil = CivilDateTime(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
        #expect(civil == nil)
    }
}
