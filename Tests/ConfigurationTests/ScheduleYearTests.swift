import Foundation
import Testing

@testable import Configuration
@testable import OperatingSystem

@Suite("Schedules of local times over a whole year")
struct ScheduleYearTests {
    @Test("the clocks of all zones but UTC change twice in the year that is tested", arguments: LocalYear.zones)
    func changes(zone: String) throws {
        let year = try #require(LocalYear.all[zone])
        let step = zone == "Australia/Lord_Howe" ? 30 : 60
        #expect(year.changes.values.sorted() == (zone == "UTC" ? [] : [-step, step]))
    }

    @Test("a schedule fires when the clock says so", arguments: ScheduleExample.all, LocalYear.zones)
    func everyFiring(example: ScheduleExample, zone: String) throws {
        let year = try #require(LocalYear.all[zone])
        let schedule = try Schedule(parsing: example.text)
        let expected = example.firings(in: year)
        var found: [Int] = []
        var now = Timestamp(secondsSince1970: LocalYear.start - 1)
        while let next = schedule.next(after: now, in: year.zone, lastStart: nil), found.count <= expected.count {
            let index = (next.secondsSince1970 - LocalYear.start) / 60
            guard index < Double(LocalYear.minuteCount) else { break }
            found.append(try #require(Int(exactly: index)))
            now = next
        }
        #expect(!expected.isEmpty)
        let difference = found.difference(from: expected)
        #expect(difference.isEmpty, "\(difference.map { "\($0)" })")
        try expectNext(of: schedule, in: year, firings: expected)
    }

    /// From any instant on, the next firing comes later, and none is left out.
    private func expectNext(of schedule: Schedule, in year: LocalYear, firings: [Int]) throws {
        for instant in Self.instants(in: year) {
            let position = (instant - LocalYear.start) / 60
            guard let expected = firings.first(where: { Double($0) > position }) else { continue }
            let next = schedule.next(after: Timestamp(secondsSince1970: instant), in: year.zone, lastStart: nil)
            let found = next.map { ($0.secondsSince1970 - LocalYear.start) / 60 }
            #expect(found == Double(expected), "after minute \(position)")
        }
    }

    /// Instants of a year, whole seconds and fractions: many about the changes of the clock, others anywhere.
    private static func instants(in year: LocalYear) -> [Double] {
        let near = year.changes.keys.sorted().flatMap { change in
            stride(from: -150.0, through: 150, by: 7.5).flatMap { minutes in
                [0, -0.25, 1].map { LocalYear.start + (Double(change) + minutes) * 60 + $0 }
            }
        }
        var state: UInt64 = 2026
        let anywhere = (0..<50).map { _ in
            // Knuth's linear congruential generator (MMIX), so that each run tests the same instants.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return LocalYear.start + Double(state >> 20) / Double(1 << 44) * Double(LocalYear.minuteCount) * 60
        }
        return near + anywhere
    }
}

/// A schedule and, said in another way, the times of a clock that it means.
struct ScheduleExample: CustomTestStringConvertible {
    let text: String
    /// Whether it follows the clock as it is, because it allows every hour.
    var isEveryHour = false
    let means: @Sendable (LocalMinute) -> Bool

    var testDescription: String { text }

    static let all = [
        ScheduleExample(text: "Sun 02:00") { $0.minuteOfDay == 120 && $0.weekday == 0 },
        ScheduleExample(text: "daily 02:30") { $0.minuteOfDay == 150 },
        ScheduleExample(text: "Mon,Wed 23:30") { $0.minuteOfDay == 1410 && ($0.weekday == 1 || $0.weekday == 3) },
        ScheduleExample(text: "daily 00:10") { $0.minuteOfDay == 10 },
        ScheduleExample(text: "0 2 * * 7") { $0.minuteOfDay == 120 && $0.weekday == 0 },
        ScheduleExample(text: "*/15 1-5 1,15 * mon-fri") {
            $0.minute % 15 == 0 && $0.hour >= 1 && $0.hour <= 5
                && ($0.day == 1 || $0.day == 15 || ($0.weekday >= 1 && $0.weekday <= 5))
        },
        ScheduleExample(text: "*/15 * * * *", isEveryHour: true) { $0.minute % 15 == 0 },
        ScheduleExample(text: "30 * * * sun", isEveryHour: true) { $0.minute == 30 && $0.weekday == 0 },
        ScheduleExample(text: "*/20 0-23 24 4 5", isEveryHour: true) {
            $0.minute % 20 == 0 && $0.month == 4 && ($0.day == 24 || $0.weekday == 5)
        },
        ScheduleExample(text: "30 */2 * * *") { $0.minute == 30 && $0.hour % 2 == 0 },
        ScheduleExample(text: "15,45 0-3 * mar,apr,october,nov *") {
            ($0.minute == 15 || $0.minute == 45) && $0.hour <= 3 && [3, 4, 10, 11].contains($0.month)
        },
        ScheduleExample(text: "* 2 * * sun") { $0.hour == 2 && $0.weekday == 0 },
        ScheduleExample(text: "30 0,23 * * thu,fri") {
            $0.minute == 30 && ($0.hour == 0 || $0.hour == 23) && ($0.weekday == 4 || $0.weekday == 5)
        },
        // A field that begins with * does not widen the days that the other one names.
        ScheduleExample(text: "0 1 */10 * 5") {
            $0.minuteOfDay == 60 && $0.weekday == 5 && [1, 11, 21, 31].contains($0.day)
        },
        ScheduleExample(text: "0 1 2-8 * */6") {
            $0.minuteOfDay == 60 && ($0.weekday == 0 || $0.weekday == 6) && $0.day >= 2 && $0.day <= 8
        },
        ScheduleExample(text: "59 23 31 * *") { $0.minuteOfDay == 1439 && $0.day == 31 },
        ScheduleExample(text: "0 1 29 2,4 *") { $0.minuteOfDay == 60 && $0.day == 29 && $0.month == 4 },
        ScheduleExample(text: "@monthly") { $0.minuteOfDay == 0 && $0.day == 1 },
    ]

    /// The minutes of a year in which the schedule fires, found by looking at each of them.
    func firings(in year: LocalYear) -> [Int] {
        let repeated = isEveryHour ? [] : year.changes.filter { $0.value < 0 }.map { $0.key..<$0.key - $0.value }
        var shown: [Int] = []
        for (index, minute) in year.minutes.enumerated() where means(minute) {
            if !repeated.contains(where: { $0.contains(index) }) { shown.append(index) }
        }
        let gapEnds = isEveryHour ? [:] : year.changes.filter { $0.value > 0 }
        let madeUp = gapEnds.keys.filter { index in
            let minute = year.minutes[index]
            let leftOut = (1...(gapEnds[index] ?? 1)).map { minute.at(minuteOfDay: minute.minuteOfDay - $0) }
            return leftOut.contains(where: means)
        }
        return Set(shown).union(madeUp).sorted()
    }
}

/// The minutes of 2026 (UTC) as a zone's clock shows them one after the other, read from Foundation's calendar.
struct LocalYear {
    static let start = 1_767_225_600.0
    static let minuteCount = 365 * 1440

    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
    ]

    /// Every zone that is tested, read once.
    static let all = Dictionary(uniqueKeysWithValues: zones.map { ($0, LocalYear(zone: $0)) })

    let zone: TimeZone
    let minutes: [LocalMinute]
    /// By how many minutes the clock was put forward (positive) or back, by the index of the first minute after that.
    let changes: [Int: Int]

    init(zone name: String) {
        zone = TimeZone(identifier: name) ?? .gmt
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let minutes = (0..<Self.minuteCount).map { index in
            let date = Date(timeIntervalSince1970: Self.start + Double(index) * 60)
            let parts = calendar.dateComponents([.month, .day, .weekday, .hour, .minute], from: date)
            return LocalMinute(
                month: parts.month ?? 0, day: parts.day ?? 0, weekday: (parts.weekday ?? 0) - 1,
                hour: parts.hour ?? 0, minute: parts.minute ?? 0)
        }
        self.minutes = minutes
        changes = Self.changes(in: minutes)
    }

    private static func changes(in minutes: [LocalMinute]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for index in 1..<minutes.count {
            let step = minutes[index].minuteOfDay - minutes[index - 1].minuteOfDay - 1
            let change = step < -720 ? step + 1440 : step > 720 ? step - 1440 : step
            if change != 0 { found[index] = change }
        }
        return found
    }
}

/// What a clock on the wall shows for one minute.
struct LocalMinute: Equatable {
    let month: Int
    let day: Int
    /// 0, Sunday, to 6.
    let weekday: Int
    let hour: Int
    let minute: Int

    var minuteOfDay: Int { hour * 60 + minute }

    /// Another minute of the same day.
    func at(minuteOfDay: Int) -> LocalMinute {
        LocalMinute(month: month, day: day, weekday: weekday, hour: minuteOfDay / 60, minute: minuteOfDay % 60)
    }
}
