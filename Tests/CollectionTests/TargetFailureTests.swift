import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("No fault of one function harms another", .timeLimit(.minutes(1)))
struct TargetFailureTests {
    /// What each collector calls, and a family that shows that it worked.
    private static let collectors: [(CollectorName, InformationalFunction, String)] = [
        (.license, .getLicenseInformation, "mailstore_license_named_users"), (.users, .getUsers, "mailstore_users"),
        (.sessions, .getActiveSessions, "mailstore_active_sessions"), (.stores, .getStores, "mailstore_stores"),
        (.jobs, .getJobs, "mailstore_job_enabled"), (.jobs, .getJobResults, "mailstore_job_enabled"),
        (.profiles, .getProfiles, "mailstore_profile_automatic"),
        (.profiles, .getWorkerResults, "mailstore_profile_automatic"),
    ]

    private static let answers: [(FakeAnswer, String)] = [
        (.failed("System.Exception"), "api_error"), (.status(500), "http_status"), (.raw("nonsense"), "bad_reply"),
        (.result("7"), "bad_reply"), (.broken(.timeout), "timeout"), (.broken(.connect), "connect"),
        (.broken(.truncated), "bad_reply"), (.status(403), "forbidden"),
    ]

    private func fill(_ server: FakeServer) {
        server.answer(.getLicenseInformation, .result(#"{"namedUsers": 1, "maxNamedUsers": 2}"#))
        server.answer(.getUsers, .result(#"[{"mfaStatus": "Disabled"}]"#))
        server.answer(.getJobs, .result(#"[{"id": 1, "name": "a", "enabled": true}]"#))
        server.answer(
            .getProfiles, .result(#"[{"id": 1, "name": "a", "serverSideExecution": {"automatic": true}}]"#))
    }

    @Test("one function fails: its collector alone fails, and the reason is counted", arguments: collectors, answers)
    func oneFunction(
        collector: (CollectorName, InformationalFunction, String), answer: (FakeAnswer, String)
    ) async throws {
        let bench = try TargetBench()
        fill(bench.server)
        bench.server.answer(collector.1, answer.0)
        await bench.collect()
        let page = try bench.page
        for (name, _, family) in Self.collectors {
            let works = name != collector.0
            #expect(page.has(family) == works)
            #expect(page.value("mailstore_collector_success", ["collector": name.rawValue]) == (works ? 1 : 0))
        }
        #expect(page.value("mailstore_up") == 1)
        let counted = page.all("mailstore_api_errors_total").filter { $0.value > 0 }
        #expect(counted.map(\.value) == [1])
        #expect(counted.first?.labels["function"] == collector.1.rawValue)
        #expect(counted.first?.labels["reason"] == answer.1)
    }

    @Test("an error structure is counted by its exception")
    func exception() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getStores, .failed("MailStore.StoreException"))
        await bench.collect(.server, .stores, .stores)
        let labels = ["function": "GetStores", "exception": "MailStore.StoreException"]
        #expect(try bench.page.value("mailstore_api_error_structure_total", labels) == 2)
    }

    @Test("the last values stay while a collector fails, and its last success stands still")
    func lastValues() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getStores, .result("[]"), .status(500), .result(#"[{"id": 1}]"#))
        await bench.collect(.server, .stores)
        let success = try bench.page.value(
            "mailstore_collector_last_success_timestamp_seconds", ["collector": "stores"])
        #expect(success == bench.time.now.secondsSince1970)
        bench.time.advance(by: .seconds(300))
        await bench.collect(.stores)
        let failed = try bench.page
        #expect(failed.value("mailstore_stores") == 0)
        #expect(failed.value("mailstore_collector_success", ["collector": "stores"]) == 0)
        #expect(
            failed.value("mailstore_collector_last_success_timestamp_seconds", ["collector": "stores"]) == success)
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_stores") == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "stores"]) == 1)
    }

    @Test("what was read of the outcomes before a failure stays counted, and is shown once all of them are read")
    func partialResults() async throws {
        let bench = try TargetBench()
        fill(bench.server)
        // The whole window is too wide; the older half is answered, the newer one fails.
        bench.server.answer(
            .getJobResults, .failed("System.InvalidOperationException", "Nullable object must have a value."),
            .result(#"[{"jobResultId": 1, "jobId": 1, "completeTime": "2025-12-26T00:00:00", "result": "failed"}]"#),
            .status(500))
        await bench.collect(.server, .jobs)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "jobs"]) == 0)
        // Shown before the whole lookback is read, the counters would grow by what is old.
        #expect(try !bench.page.has("mailstore_job_runs_total"))
        bench.server.answer(.getJobResults, .result("[]"))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_job_runs_total", ["result": "failed"]) == 1)
    }
}
