import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("A server whose database was restored is told from one that repeats itself")
struct OutcomeIdentityTests {
    private let log = RecordingLog()

    private var warnings: [RecordingLog.Event] { log.events.filter { $0.level == .warning } }

    @Test("runs with ids that were used before are counted, logged once and counted as such")
    func reusedRunIDs() async throws {
        let bench = try TargetBench(logger: log.logger)
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "name": "Verify", "action": "VerifyStores"}]"#))
        bench.server.answer(
            .getJobResults,
            .result(OutcomeReplies.list(OutcomeReplies.job(7, of: 5, "29T03:00", "29T03:10", "succeeded"))),
            .result(OutcomeReplies.list(OutcomeReplies.job(7, of: 5, "31T03:00", "31T03:10", "failed"))))
        for _ in 0..<4 { await bench.collect(.jobs) }
        let page = try bench.page
        #expect(page.value("mailstore_job_runs_total", ["result": "succeeded"]) == 1)
        #expect(page.value("mailstore_job_runs_total", ["result": "failed"]) == 1)
        #expect(page.state("mailstore_job_last_result", "result") == "failed")
        #expect(page.value("mailstore_outcome_ids_reused_total", ["function": "GetJobResults"]) == 1)
        #expect(page.value("mailstore_outcome_ids_reused_total", ["function": "GetWorkerResults"]) == 0)
        #expect(warnings.map(\.metadata) == [["function": "GetJobResults", "runs": "1"]])
    }

    @Test("a job, a profile and a store that get the id of another one begin at zero, and the log names both")
    func renewedItems() async throws {
        let bench = try TargetBench(logger: log.logger)
        bench.server.answer(
            .getStores, .result(#"[{"id": 1, "name": "Old"}]"#), .result(#"[{"id": 2, "name": "B"}]"#),
            .result(#"[{"id": 1, "name": "New"}, {"id": 2, "name": "B"}]"#))
        bench.server.answer(
            .getJobs, .result(#"[{"id": 5, "name": "Verify", "action": "VerifyStores"}]"#),
            .result(#"[{"id": 5, "name": "Backup", "action": "CreateBackup"}]"#))
        bench.server.answer(
            .getJobResults,
            .result(
                OutcomeReplies.list(
                    OutcomeReplies.job(7, of: 5, "29T03:00", "29T03:10", "succeeded", action: "VerifyStores"))))
        bench.server.answer(
            .getProfiles, .result(#"[{"id": 9, "name": "Old", "type": "archive", "connector": "imap"}]"#),
            .result(#"[{"id": 9, "name": "New", "type": "archive", "connector": "exchange"}]"#))
        bench.server.answer(
            .getWorkerResults,
            .result(OutcomeReplies.list(OutcomeReplies.profile(1, of: 9, "29T03:00", "29T03:10", "succeeded"))))
        await bench.collect(.stores, .jobs, .profiles)
        let before = try bench.page
        #expect(before.has("mailstore_verification_last_success_timestamp_seconds"))
        for _ in 0..<3 { await bench.collect(.stores, .jobs, .profiles) }

        let page = try bench.page
        #expect(!page.has("mailstore_verification_last_success_timestamp_seconds"))
        #expect(!page.has("mailstore_job_last_result") && !page.has("mailstore_profile_last_result"))
        for family in ["job", "profile", "verification"] {
            #expect(
                page.all(
                    "mailstore_\(family)_runs_total", ["\(family == "verification" ? "store" : family)_name": "New"]
                )
                .allSatisfy { $0.value == 0 })
        }
        for function in ["GetStores", "GetJobs", "GetProfiles"] {
            #expect(page.value("mailstore_outcome_ids_reused_total", ["function": function]) == 1, "\(function)")
        }
        #expect(
            Set(
                warnings.map {
                    "\($0.metadata["id"] ?? "") \($0.metadata["former_name"] ?? "") \($0.metadata["name"] ?? "")"
                })
                == ["1 Old New", "5 Verify Backup", "9 Old New"])
    }

    @Test("times that are none are counted once and logged once; the run counts")
    func noneDates() async throws {
        let bench = try TargetBench(logger: log.logger)
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "name": "Verify", "action": "VerifyStores"}]"#))
        let results = #"""
            [{"jobResultId": 1, "jobId": 5, "startTime": "2025-12-31T03:00:00", "completeTime": "2025-12-31T03:10:00",
            "result": "succeeded"}, {"jobResultId": 2, "jobId": 5, "startTime": "2025-12-31T04:00:00",
            "completeTime": "0001-01-01T00:00:00", "result": "failed"}]
            """#
        bench.server.answer(.getJobResults, .result(results))
        for _ in 0..<3 { await bench.collect(.jobs) }
        let page = try bench.page
        #expect(page.state("mailstore_job_last_result", "result") == "failed")
        #expect(!page.has("mailstore_job_last_completion_timestamp_seconds"))
        #expect(page.value("mailstore_api_implausible_times_total", ["function": "GetJobResults"]) == 1)
        #expect(page.value("mailstore_api_implausible_times_total", ["function": "GetWorkerResults"]) == 0)
        #expect(warnings.map(\.metadata) == [["function": "GetJobResults", "times": "1"]])
        #expect(page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
    }
}

@Suite("Whatever the clock in the replies shows, the new runs are in a window")
struct WrongClockTests {
    private let log = RecordingLog()

    /// Collects jobs from a server whose replies have this date; the tests' clock is at 2026-01-01T00:00:00Z.
    private func bench(date: String, results: String...) async throws -> TargetBench {
        let bench = try TargetBench(logger: log.logger)
        bench.server.answer(.getServerInfo, .result("{}", date: date))
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "name": "Verify", "action": "VerifyStores"}]"#))
        await bench.collect(.server)
        return bench
    }

    private func windows(_ bench: TargetBench) -> [(from: String, to: String)] {
        bench.server.calls(of: .getJobResults).map {
            ($0.arguments["fromIncluding"] ?? "", $0.arguments["toExcluding"] ?? "")
        }
    }

    @Test(
        "it may be any number of days off",
        arguments: [
            ("Tue, 30 Dec 2025 00:00:00 GMT", "2025-12-30T00:00:00"),
            ("Sun, 04 Jan 2026 00:00:00 GMT", "2026-01-04T00:00:00"),
            ("Fri, 01 Jan 2016 00:00:00 GMT", "2016-01-01T00:00:00"),
            ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00"),
            ("Wed, 31 Dec 2025 10:00:00 GMT", "2025-12-31T10:00:00"),
            ("Thu, 01 Jan 2026 20:00:00 GMT", "2026-01-01T20:00:00"),
            ("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:58:00"),
        ])
    func windows(date: String, shown: String) async throws {
        let bench = try await bench(date: date)
        for _ in 0..<4 {
            let asked = windows(bench).count
            await bench.collect(.jobs)
            let windows = windows(bench)[asked...]
            for present in ["2026-01-01T00:00:00", shown] {
                #expect(windows.contains { $0.from < present && present < $0.to }, "\(windows) \(present)")
            }
            #expect(windows.count <= 2)
            bench.time.advance(by: .seconds(60))
        }
        #expect(log.events.count { $0.message.contains("clock in the server's replies differs") } == 1)
        #expect(try bench.page.has("mailstore_api_clock_skew_seconds"))
    }

    @Test("a run of now counts, and is the last one, when the date is that of a proxy", arguments: [2016, 2036])
    func proxy(year: Int) async throws {
        let bench = try await bench(date: "Fri, 01 Jan \(year) 00:00:00 GMT")
        bench.server.answer(
            .getJobResults,
            .result(
                OutcomeReplies.list(
                    OutcomeReplies.job(7, of: 5, "31T03:00", "31T03:10", "succeeded"),
                    OutcomeReplies.job(8, of: 5, "31T23:00", "31T23:10", "failed"))))
        for _ in 0..<3 { await bench.collect(.jobs) }
        let page = try bench.page
        #expect(page.state("mailstore_job_last_result", "result") == "failed")
        #expect(page.value("mailstore_job_runs_total", ["result": "failed"]) == 1)
        #expect(page.value("mailstore_job_last_completion_timestamp_seconds") == 1_767_222_600)
        #expect(page.value("mailstore_api_implausible_times_total", ["function": "GetJobResults"]) == 0)
    }

    @Test("when it is right again, that is said once")
    func rightAgain() async throws {
        let bench = try await bench(date: "Fri, 01 Jan 2016 00:00:00 GMT")
        await bench.collect(.jobs)
        bench.server.answer(.getServerInfo, .result("{}", date: "Thu, 01 Jan 2026 00:00:00 GMT"))
        await bench.collect(.server, .jobs, .profiles, .jobs)
        #expect(log.events.map(\.message).filter { $0.contains("clock in the server's replies") }.count == 2)
        #expect(log.events.last { $0.message.contains("clock in the server's replies") }?.level == .notice)
    }

    @Test("a few minutes are nobody's concern")
    func smallSkew() async throws {
        let bench = try await bench(date: "Thu, 01 Jan 2026 00:04:00 GMT")
        await bench.collect(.jobs)
        #expect(log.events.allSatisfy { $0.level < .warning })
    }
}
