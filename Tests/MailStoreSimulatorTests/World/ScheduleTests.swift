import Testing

@testable import MailStoreSimulator

@Suite("Schedules of jobs")
struct ScheduleTests {
    typealias Schedule = SimulatedJob.Schedule

    @Test(
        "the next run is the first that lies ahead, in the job's own time zone",
        arguments: [
            (Schedule.every(minutes: 360), "2025-10-14T10:00:00", "2025-10-14T12:00:00"),
            (.every(minutes: 60), "2025-10-14T10:00:00", "2025-10-14T11:00:00"),
            (.daily(hour: 12, minute: 0), "2025-10-14T10:00:00", "2025-10-15T10:00:00"),
            (.daily(hour: 12, minute: 1), "2025-10-14T10:00:00", "2025-10-14T10:01:00"),
            (.daily(hour: 1, minute: 0), "2025-10-25T22:00:00", "2025-10-25T23:00:00"),
            (.daily(hour: 4, minute: 0), "2025-10-25T10:00:00", "2025-10-26T03:00:00"),
            (.weekly(weekday: 0, hour: 3, minute: 0), "2025-10-14T10:00:00", "2025-10-19T01:00:00"),
            (.weekly(weekday: 2, hour: 11, minute: 0), "2025-10-14T10:00:00", "2025-10-21T09:00:00"),
            (.monthly(day: nil, hour: 6, minute: 0), "2025-10-31T05:00:00", "2025-11-30T05:00:00"),
            (.monthly(day: 31, hour: 6, minute: 0), "2025-10-31T05:00:00", "2025-12-31T05:00:00"),
            (.once(date: "2025-10-14T12:00:01"), "2025-10-14T10:00:00", "2025-10-14T10:00:01"),
        ])
    func next(schedule: Schedule, after: String, expected: String) throws {
        let zone = try #require(WindowsTimeZone.named("W. Europe Standard Time"))
        let instant = try #require(CivilTime(after)).seconds
        let due = try #require(schedule.next(after: instant, in: zone))
        #expect(CivilTime(seconds: due).text == expected)
    }

    @Test(
        "some schedules have no next run",
        arguments: [
            Schedule.manual, .once(date: "2020-01-01T00:00:00"), .once(date: "tomorrow"), .every(minutes: 0),
            .monthly(day: 32, hour: 0, minute: 0),
        ])
    func never(schedule: Schedule) {
        #expect(schedule.next(after: Int(Bench.begin), in: .utc) == nil)
    }
}
