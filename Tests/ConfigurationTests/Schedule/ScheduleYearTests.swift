import Foundation
import MailStoreAPI
import TestSupport
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
