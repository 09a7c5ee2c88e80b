import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Ledger
@testable import OperatingSystem

@Suite("The server's clock and zone are kept apart from this machine's")
struct ServerClockTests {
    private let time = ManualTime()

    @Test("the present is this machine's until a skew was measured")
    func skew() {
        let clock = ServerClock(localZone: nil, clock: time.clock)
        #expect(clock.skew == nil)
        #expect(clock.now == time.now)
        clock.measured(skew: -90)
        #expect(clock.skew == -90)
        #expect(clock.now == time.now - .seconds(90))
    }

    @Test(
        "up to a day the server's clock is followed, beyond it this machine's",
        arguments: [(86_400.0, true), (-86_400, true), (86_401, false), (-86_401, false), (1e12, false)])
    func largeSkew(skew: Double, isFollowed: Bool) {
        let clock = ServerClock(localZone: nil, clock: time.clock)
        clock.measured(skew: skew)
        let server = time.now + .seconds(skew)
        #expect(clock.now == (isFollowed ? server : time.now))
        #expect(clock.present.other == (isFollowed ? nil : server))
        #expect(clock.present.earliest == (isFollowed ? min(server, time.now) : time.now))
        #expect(clock.present.latest == (isFollowed ? max(server, time.now) : time.now))
    }

    @Test("a machine whose clock stands at 1970 follows the server's")
    func noLocalClock() {
        let time = ManualTime(now: Timestamp(secondsSince1970: 100))
        let clock = ServerClock(localZone: nil, clock: time.clock)
        clock.measured(skew: 1.8e9)
        #expect(clock.now == Timestamp(secondsSince1970: 1.8e9 + 100))
        #expect(clock.present == PresentTime(earliest: clock.now, latest: clock.now))
    }

    @Test("results are asked for in UTC until the server says that it does not know it")
    func fallback() {
        let clock = ServerClock(localZone: TimeZone(identifier: "Europe/Berlin"), clock: time.clock)
        #expect(clock.requestZone.isUTC)
        #expect(clock.requestZone.argument == "UTC")
        clock.doesNotKnowUTC()
        #expect(!clock.requestZone.isUTC)
        #expect(clock.requestZone.argument == "$Local")
    }
}

@Suite("Times of replies and windows of requests are right in every zone")
struct RequestZoneTests {
    @Test("in UTC a window is written as it is, and times are taken as they are")
    func utc() throws {
        let window = try TimeWindow(covering: instant("2026-03-29T00:00:00"), to: instant("2026-03-30T12:34:00"))
        let civil = RequestZone.utc.civil(window)
        #expect(civil.from.text == "2026-03-29T00:00:00")
        #expect(civil.to.text == "2026-03-30T12:34:00")
        let time = try #require(ServerDateTime("2026-03-29T02:30:00"))
        #expect(time.timestamp(in: RequestZone.utc.replies) == (try instant("2026-03-29T02:30:00")))
    }

    @Test("in a zone that nobody told, a window has room for any, and times stay unknown")
    func unknownZone() throws {
        let window = try TimeWindow(covering: instant("2026-01-10T00:00:00"), to: instant("2026-01-11T00:00:00"))
        let civil = RequestZone.server(nil).civil(window)
        #expect(civil.from.text == "2026-01-09T10:00:00")
        #expect(civil.to.text == "2026-01-11T14:00:00")
        let time = try #require(ServerDateTime("2026-01-10T12:00:00"))
        #expect(time.timestamp(in: RequestZone.server(nil).replies) == nil)
    }

    @Test("a time with an offset of its own needs no zone")
    func offsetInText() throws {
        let time = try #require(ServerDateTime("2026-01-10T12:00:00+02:00"))
        #expect(time.timestamp(in: RequestZone.server(nil).replies) == (try instant("2026-01-10T10:00:00")))
    }

    @Test(
        "the server's civil time becomes UTC on both sides of a change of the clocks",
        arguments: [
            ("Europe/Berlin", "2026-01-15T12:00:00", "2026-01-15T11:00:00"),
            ("Europe/Berlin", "2026-07-15T12:00:00", "2026-07-15T10:00:00"),
            // Spring: 02:00 becomes 03:00 at 01:00 UTC.
            ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
            ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),
            // Autumn: 03:00 becomes 02:00 at 01:00 UTC; the hour that comes twice is taken for the second.
            ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59"),
            ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T01:30:00"),
            ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00"),
            // The same west of Greenwich: spring at 07:00 UTC, autumn at 06:00 UTC.
            ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59"),
            ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00"),
            ("America/New_York", "2026-11-01T00:59:59", "2026-11-01T04:59:59"),
            ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T06:30:00"),
            ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00"),
            // Zones that never change, far from Greenwich.
            ("Pacific/Kiritimati", "2026-05-01T00:00:00", "2026-04-30T10:00:00"),
            ("Asia/Kolkata", "2026-05-01T00:00:00", "2026-04-30T18:30:00"),
        ])
    func replies(identifier: String, civil: String, utc: String) throws {
        let zone = try #require(TimeZone(identifier: identifier))
        let time = try #require(ServerDateTime(civil))
        #expect(time.timestamp(in: RequestZone.server(zone).replies)?.description == utc + "Z")
    }

    @Test(
        "a window in the server's zone covers the same time, over both changes of the clocks too",
        arguments: [
            ("2026-03-28T00:00:00", "2026-03-29T12:00:00"), ("2026-10-24T00:00:00", "2026-10-25T00:30:00"),
            ("2026-10-25T00:30:00", "2026-10-25T01:30:00"), ("2026-07-01T00:00:00", "2026-07-08T00:00:00"),
        ])
    func windows(start: String, end: String) throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let window = try TimeWindow(covering: instant(start), to: instant(end))
        let civil = RequestZone.server(berlin).civil(window)
        // What the server's clock showed at any minute of the window lies between the ends that are asked for.
        for minute in window.from..<window.to {
            let seconds = minute * 60
            let offset = berlin.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            let shown = seconds + Int64(offset)
            #expect(civil.from.secondsSince1970 <= shown && shown < civil.to.secondsSince1970)
        }
    }

    private func instant(_ text: String) throws -> Timestamp {
        try #require(ServerDateTime(text)?.timestamp(in: .utc))
    }
}

@Suite("A server that does not know UTC is asked in its own zone")
struct LocalZoneTests {
    private func bench(zone: TimeZone?, _ results: String) async throws -> TargetBench {
        let bench = try TargetBench(target: { $0.serverTimeZone = zone })
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "enabled": true}]"#))
        bench.server.answer(
            .getJobResults, .failed("System.TimeZoneNotFoundException"), .result(results))
        await bench.collect(.jobs)
        return bench
    }

    private let run = OutcomeReplies.list(OutcomeReplies.job(1, of: 5, "31T03:00", "31T03:10", "failed"))

    @Test("with the zone from the configuration, the times are right")
    func knownZone() async throws {
        let bench = try await bench(zone: TimeZone(identifier: "Europe/Berlin"), run)
        let page = try bench.page
        #expect(page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
        // 03:00 in Berlin is 02:00 in UTC.
        let start = 1_767_146_400.0
        #expect(page.value("mailstore_job_last_start_timestamp_seconds") == start)
        #expect(page.value("mailstore_job_last_completion_timestamp_seconds") == start + 600)
        #expect(page.value("mailstore_job_last_duration_seconds") == 600)
        let arguments = bench.server.calls(of: .getJobResults).map(\.arguments)
        #expect(arguments.map { $0["timeZoneId"] } == ["UTC", "$Local"])
        // An hour ahead of UTC, and an hour more at either end.
        #expect(arguments.last?["fromIncluding"] == "2025-11-27T00:00:00")
        #expect(arguments.last?["toExcluding"] == "2026-01-02T02:00:00")
    }

    @Test("without it the times are absent, and counts, results and durations are right all the same")
    func unknownZone() async throws {
        let bench = try await bench(zone: nil, run)
        let page = try bench.page
        #expect(page.value("mailstore_job_runs_total", ["result": "failed"]) == 1)
        #expect(page.state("mailstore_job_last_result", "result") == "failed")
        #expect(page.value("mailstore_job_last_duration_seconds") == 600)
        #expect(page.value("mailstore_job_consecutive_failures") == 1)
        #expect(!page.has("mailstore_job_last_start_timestamp_seconds"))
        #expect(!page.has("mailstore_job_last_completion_timestamp_seconds"))
        #expect(!page.has("mailstore_job_last_success_timestamp_seconds"))
    }

    @Test("the server is asked in its own zone from then on, by the profiles' collector too")
    func remembered() async throws {
        let bench = try await bench(zone: nil, run)
        await bench.collect(.jobs, .profiles)
        let jobZones = bench.server.calls(of: .getJobResults).map { $0.arguments["timeZoneId"] }
        #expect(jobZones == ["UTC", "$Local", "$Local"])
        let profileZones = bench.server.calls(of: .getWorkerResults).map { $0.arguments["timeZoneID"] }
        #expect(profileZones == ["$Local"])
        #expect(try bench.page.value("mailstore_job_runs_total", ["result": "failed"]) == 1)
    }

    @Test("the refusal itself is counted as the error that it is")
    func counted() async throws {
        let page = try await bench(zone: nil, run).page
        let labels = ["function": "GetJobResults", "exception": "System.TimeZoneNotFoundException"]
        #expect(page.value("mailstore_api_error_structure_total", labels) == 1)
    }
}
