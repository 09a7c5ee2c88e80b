import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The configuration's word on what is expected goes over the server's")
struct ExpectationsTests {
    private static let hour = Duration.seconds(3600)

    private func expectations(
        jobs: [String: ExpectedInterval] = [:], profiles: [String: ExpectedInterval] = [:],
        automatic: ExpectedInterval = .every(.hours(24))
    ) -> Expectations {
        Expectations(
            configured: ExpectedIntervals(jobs: jobs, profiles: profiles), automaticProfile: automatic)
    }

    private func job(enabled: Bool?, _ change: (inout JobSchedule) -> Void = { _ in }) -> Job {
        var job = Job(id: "5", name: "Backup", enabled: enabled)
        change(&job.schedule)
        return job
    }

    @Test("a job's interval comes from its schedule")
    func schedules() {
        let none = expectations()
        #expect(none.interval(of: job(enabled: true) { $0.intervalMinutes = 15 }) == .seconds(900))
        #expect(none.interval(of: job(enabled: true) { $0.time = "03:00" }) == .seconds(86_400))
        #expect(
            none.interval(
                of: job(enabled: true) {
                    $0.time = "03:00"
                    $0.dayOfWeek = "Sunday"
                }) == .seconds(7 * 86_400))
        #expect(
            none.interval(
                of: job(enabled: true) {
                    $0.time = "03:00"
                    $0.dayOfMonth = "Last"
                }) == .seconds(31 * 86_400))
        #expect(none.interval(of: job(enabled: true) { $0.date = "2026-01-31" }) == nil)
        #expect(none.interval(of: job(enabled: true)) == nil)
    }

    @Test("a disabled job is expected never, whatever is configured; one of which nobody knows is")
    func disabled() {
        let configured = expectations(jobs: ["5": .every(.hours(1))])
        #expect(configured.interval(of: job(enabled: false) { $0.time = "03:00" }) == nil)
        #expect(configured.interval(of: job(enabled: nil)) == Self.hour)
        #expect(expectations().interval(of: job(enabled: nil) { $0.time = "03:00" }) == .seconds(86_400))
    }

    @Test("a configured interval goes by id or by name, the id first, and off is off")
    func configuredJobs() {
        let daily = job(enabled: true) { $0.time = "03:00" }
        #expect(expectations(jobs: ["5": .every(.hours(1))]).interval(of: daily) == Self.hour)
        #expect(expectations(jobs: ["Backup": .every(.hours(1))]).interval(of: daily) == Self.hour)
        #expect(
            expectations(jobs: ["5": .every(.hours(1)), "Backup": .every(.hours(2))]).interval(of: daily) == Self.hour)
        #expect(expectations(jobs: ["Backup": .off]).interval(of: daily) == nil)
        #expect(expectations(jobs: ["backup": .off]).interval(of: daily) == .seconds(86_400))
    }

    @Test("automatic profiles have the configured interval, those run by hand have none")
    func profiles() {
        let automatic = Profile(id: "2", name: "Mailboxes", automatic: true)
        let manual = Profile(id: "2", name: "Mailboxes", automatic: false)
        let unknown = Profile(id: "2", name: "Mailboxes", automatic: nil)
        #expect(expectations().interval(of: automatic) == .seconds(86_400))
        #expect(expectations().interval(of: manual) == nil)
        #expect(expectations().interval(of: unknown) == nil)
        #expect(expectations(automatic: .off).interval(of: automatic) == nil)
        #expect(expectations(profiles: ["2": .every(.hours(1))]).interval(of: automatic) == Self.hour)
        #expect(expectations(profiles: ["Mailboxes": .every(.hours(1))]).interval(of: manual) == Self.hour)
        #expect(expectations(profiles: ["2": .off]).interval(of: automatic) == nil)
    }

    @Test("they are on the page, also where names are hidden")
    func page() async throws {
        let bench = try TargetBench(
            target: {
                $0.expectedIntervals = ExpectedIntervals(
                    jobs: ["Backup": .every(.hours(2))], profiles: ["2": .every(.hours(3))])
            }, configuration: { $0.hideNames = true })
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "name": "Backup", "enabled": true}, {"id": 6}]"#))
        bench.server.answer(.getProfiles, .result(#"[{"id": 2}, {"id": 3}]"#))
        await bench.collect(.jobs, .profiles)
        let page = try bench.page
        #expect(page.all("mailstore_job_expected_interval_seconds").map(\.value) == [7200])
        #expect(page.value("mailstore_profile_expected_interval_seconds", ["profile_id": "2"]) == 10_800)
        #expect(!page.has("mailstore_profile_expected_interval_seconds", ["profile_id": "3"]))
    }
}
