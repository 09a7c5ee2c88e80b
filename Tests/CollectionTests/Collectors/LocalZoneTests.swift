import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

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
