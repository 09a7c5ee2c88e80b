import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("The jobs' collector shows each job and the outcomes of its runs")
struct JobsCollectorTests {
    private let jobs = #"[{"id": 5, "name": "Backup", "action": "CreateBackup --path=\"D:\\\\b\"", "enabled": true}]"#
    private let labels = ["job_id": "5", "job_name": "Backup", "action": "CreateBackup"]
    /// 2025-12-31T00:00:00Z.
    private let newYearsEve = 1_767_139_200.0

    private func bench(_ results: String, jobs: String? = nil) async throws -> TargetBench {
        let bench = try TargetBench()
        bench.server.answer(.getJobs, .result(jobs ?? self.jobs))
        bench.server.answer(.getJobResults, .result(results))
        await bench.collect(.jobs)
        return bench
    }

    @Test("totals, the last run and the failures since the last success")
    func outcomes() async throws {
        let bench = try await bench(
            OutcomeReplies.list(
                OutcomeReplies.job(4, of: 5, "31T03:00", "31T03:10", "cancelled"),
                OutcomeReplies.job(3, of: 5, "30T03:00", "30T03:30", "Failed"),
                OutcomeReplies.job(2, of: 5, "29T03:00", "29T03:20", "completedWithWarnings"),
                OutcomeReplies.job(1, of: 5, "28T03:00", "28T03:20", "succeeded")))
        let page = try bench.page
        for (result, count) in [
            ("succeeded", 1.0), ("completedWithWarnings", 1), ("completedWithErrors", 0), ("failed", 1),
            ("cancelled", 1), ("disconnected", 0), ("threadAbort", 0),
        ] {
            #expect(page.value("mailstore_job_runs_total", labels.merging(["result": result]) { $1 }) == count)
        }
        #expect(page.all("mailstore_job_runs_total").count == 7)
        #expect(page.state("mailstore_job_last_result", "result", labels) == "cancelled")
        #expect(page.value("mailstore_job_last_start_timestamp_seconds", labels) == newYearsEve + 3 * 3600)
        #expect(page.value("mailstore_job_last_completion_timestamp_seconds", labels) == newYearsEve + 3 * 3600 + 600)
        #expect(
            page.value("mailstore_job_last_success_timestamp_seconds", labels)
                == newYearsEve - 2 * 86_400 + 3 * 3600 + 1200)
        #expect(page.value("mailstore_job_last_duration_seconds", labels) == 600)
        #expect(page.value("mailstore_job_consecutive_failures", labels) == 2)
        #expect(page.value("mailstore_job_enabled", labels) == 1)
    }

    @Test("a job that never ran has its totals at 0 and no last run")
    func neverRan() async throws {
        let page = try await bench("[]").page
        #expect(page.all("mailstore_job_runs_total").map(\.value) == [0, 0, 0, 0, 0, 0, 0])
        #expect(page.value("mailstore_job_consecutive_failures") == 0)
        for family in [
            "result", "duration_seconds", "start_timestamp_seconds", "completion_timestamp_seconds",
            "success_timestamp_seconds",
        ] {
            #expect(!page.has("mailstore_job_last_\(family)"))
        }
    }

    @Test("the same run read again is not counted again")
    func repetition() async throws {
        let bench = try await bench(
            OutcomeReplies.list(OutcomeReplies.job(1, of: 5, "31T03:00", "31T03:10", "succeeded")))
        bench.time.advance(by: .seconds(60))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_job_runs_total", ["result": "succeeded"]) == 1)
    }

    @Test("a result word that nobody knows is shown as it came and counted once")
    func unknownResult() async throws {
        let bench = try await bench(
            OutcomeReplies.list(OutcomeReplies.job(1, of: 5, "31T03:00", "31T03:10", "Partially Done")))
        await bench.collect(.jobs)
        let page = try bench.page
        #expect(page.state("mailstore_job_last_result", "result") == "partiallyDone")
        #expect(page.all("mailstore_job_last_result").count == 8)
        #expect(page.value("mailstore_job_runs_total", ["result": "partiallyDone"]) == 1)
        #expect(page.value("mailstore_job_consecutive_failures") == 1)
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "result"]) == 1)
    }

    @Test(
        "completedWithErrors is a success only where the configuration says so",
        arguments: [
            (false, 1, nil), (true, 0, 1_767_150_600),
        ] as [(Bool, Double, Double?)])
    func successRule(isSuccess: Bool, failures: Double, lastSuccess: Double?) async throws {
        let bench = try TargetBench(configuration: { $0.outcomes.completedWithErrorsIsSuccess = isSuccess })
        bench.server.answer(.getJobs, .result(jobs))
        bench.server.answer(
            .getJobResults,
            .result(
                OutcomeReplies.list(OutcomeReplies.job(1, of: 5, "31T03:00", "31T03:10", "completedWithErrors"))))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_job_consecutive_failures") == failures)
        #expect(try bench.page.value("mailstore_job_last_success_timestamp_seconds") == lastSuccess)
    }

    @Test(
        "a job of which little is known keeps its row",
        arguments: [
            (#"{"id": 5}"#, nil), (#"{"id": "5", "name": null, "enabled": null}"#, nil),
            (#"{"id": 5, "enabled": "true", "name": {"de": "x"}}"#, 1), (#"{"id": 5, "enabled": false}"#, 0),
        ] as [(String, Double?)])
    func partial(job: String, enabled: Double?) async throws {
        let page = try await bench("[]", jobs: "[\(job)]").page
        #expect(page.value("mailstore_job_enabled") == enabled)
        #expect(page.all("mailstore_job_runs_total", ["job_id": "5"]).count == 7)
        #expect(page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
    }

    @Test("a deleted job is gone from the next page, its totals too")
    func deleted() async throws {
        let bench = try await bench(
            OutcomeReplies.list(OutcomeReplies.job(1, of: 5, "31T03:00", "31T03:10", "succeeded")))
        bench.server.answer(.getJobs, .result(#"[{"id": 6, "name": "Other", "enabled": true}]"#))
        await bench.collect(.jobs)
        let page = try bench.page
        #expect(!page.text.contains(#"job_id="5""#))
        #expect(page.value("mailstore_job_runs_total", ["job_id": "6", "result": "succeeded"]) == 0)
    }

    @Test("runs of a job that is not listed are shown when it is listed again")
    func listedLater() async throws {
        let bench = try await bench(
            OutcomeReplies.list(OutcomeReplies.job(1, of: 7, "31T03:00", "31T03:10", "succeeded")))
        #expect(try !bench.page.has("mailstore_job_runs_total", ["job_id": "7"]))
        bench.server.answer(.getJobs, .result(#"[{"id": 7, "name": "Late"}]"#))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_job_runs_total", ["job_id": "7", "result": "succeeded"]) == 1)
    }

    @Test("names stay off the page where privacy asks for it; the command's name stays, without its arguments")
    func hiddenNames() async throws {
        let bench = try TargetBench(configuration: { $0.hideNames = true })
        bench.server.answer(.getJobs, .result(jobs))
        await bench.collect(.jobs)
        let page = try bench.page
        #expect(page.value("mailstore_job_enabled", ["job_id": "5", "action": "CreateBackup"]) == 1)
        #expect(page.series.allSatisfy { $0.labels["job_name"] == nil })
        #expect(!page.text.contains("path"))
    }
}

/// Replies about outcomes, written as short as the tests need them.
enum OutcomeReplies {
    /// One finished run of a job; times are civil times of 2025 in December: `31T12:00`.
    static func job(
        _ id: Int, of job: Int, _ start: String, _ end: String, _ result: String, action: String = "CreateBackup"
    ) -> String {
        #"""
        {"jobResultId": \#(id), "jobId": \#(job), "action": "\#(action)", "startTime": "2025-12-\#(start):00",
        "completeTime": "2025-12-\#(end):00", "result": "\#(result)"}
        """#
    }

    /// One finished run of a profile.
    static func profile(
        _ id: Int, of profile: Int, _ start: String, _ end: String, _ result: String, items: Int? = 0
    ) -> String {
        #"""
        {"id": \#(id), "profileId": \#(profile), "profileName": "p", "startTime": "2025-12-\#(start):00",
        "completeTime": "2025-12-\#(end):00", "itemsArchived": \#(items.map(String.init) ?? "null"),
        "result": "\#(result)"}
        """#
    }

    static func list(_ elements: String...) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }
}
