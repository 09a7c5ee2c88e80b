import MailStoreAPI
import Testing

@Suite("How often a job is expected to run")
struct JobScheduleTests {
    /// What a schedule says, and the longest time between two runs in hours.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var schedule = JobSchedule()
        var hours: Double?

        init(_ description: String, hours: Double?, _ change: (inout JobSchedule) -> Void) {
            testDescription = description
            self.hours = hours
            change(&schedule)
        }
    }

    static let cases = [
        Case("nothing", hours: nil) { _ in },
        Case("every 30 minutes", hours: 0.5) { $0.intervalMinutes = 30 },
        Case("an interval wins over a time", hours: 1) {
            $0.intervalMinutes = 60; $0.time = "03:00"
        },
        Case("daily", hours: 24) { $0.time = "03:00" },
        Case("weekly", hours: 7 * 24) {
            $0.time = "03:00"; $0.dayOfWeek = "Sunday"
        },
        Case("monthly, on a day", hours: 31 * 24) {
            $0.time = "03:00"; $0.dayOfMonth = "1"
        },
        Case("monthly, on the last Sunday", hours: 35 * 24) {
            $0.time = "03:00"
            $0.dayOfMonth = "Last"
            $0.dayOfWeek = "Sunday"
        },
        Case("once", hours: nil) {
            $0.time = "03:00"; $0.date = "2026-01-31"
        },
        Case("an interval of no length", hours: nil) { $0.intervalMinutes = 0 },
        Case("an interval before the last", hours: nil) { $0.intervalMinutes = -1 },
        Case("an interval beyond all bounds", hours: nil) { $0.intervalMinutes = .greatestFiniteMagnitude },
        Case("an endless interval", hours: nil) { $0.intervalMinutes = .infinity },
        Case("an interval that is no number", hours: nil) { $0.intervalMinutes = .nan },
    ]

    @Test("follows from its schedule", arguments: cases)
    func expectedInterval(of example: Case) {
        #expect(example.schedule.expectedInterval == example.hours.map { .seconds($0 * 3600) })
    }
}
