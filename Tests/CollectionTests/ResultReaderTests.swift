import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Results that a wide window does not give are read by narrower ones")
struct UnreadableWindowTests {
    private static let tooWide = FakeAnswer.failed(
        "System.InvalidOperationException", "Nullable object must have a value.")

    @Test("a window that cannot be answered is halved, and what stays unreadable is counted once")
    func halving() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getJobs, .result(#"[{"id": 5}]"#))
        // Whatever holds the minute 12:34 of the 28th cannot be answered.
        bench.server.answer(
            .getJobResults,
            FakeAnswer { (call) throws(TransportError) in
                let from = call.arguments["fromIncluding"] ?? ""
                let to = call.arguments["toExcluding"] ?? ""
                let isDamaged = from <= "2025-12-28T12:34:00" && to > "2025-12-28T12:34:00"
                return try await (isDamaged ? Self.tooWide : .result("[]")).respond(call)
            })
        await bench.collect(.jobs)
        let labels = ["function": "GetJobResults"]
        #expect(try bench.page.value("mailstore_api_results_unreadable_windows_total", labels) == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
        // Eight days are 11,520 minutes: some fourteen halvings, each with a good half.
        #expect(bench.server.calls(of: .getJobResults).count < 40)
        // The next deep reading meets the same minute.
        bench.time.advance(by: .seconds(3600))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_api_results_unreadable_windows_total", labels) == 1)
    }

    @Test("a reply that is too large is asked for in two halves")
    func tooLarge() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getProfiles, .result(#"[{"id": 2}]"#))
        bench.server.answer(
            .getWorkerResults, .broken(.tooLarge),
            .result(OutcomeReplies.list(OutcomeReplies.profile(1, of: 2, "26T10:00", "26T10:05", "succeeded"))),
            .result(OutcomeReplies.list(OutcomeReplies.profile(2, of: 2, "31T10:00", "31T10:05", "succeeded"))))
        await bench.collect(.profiles)
        let windows = bench.server.calls(of: .getWorkerResults).map {
            "\($0.arguments["fromIncluding"] ?? "") \($0.arguments["toExcluding"] ?? "")"
        }
        #expect(
            windows == [
                "2025-11-27T00:00:00 2026-01-02T00:00:00", "2025-11-27T00:00:00 2025-12-15T00:00:00",
                "2025-12-15T00:00:00 2026-01-02T00:00:00",
            ])
        #expect(try bench.page.value("mailstore_profile_runs_total", ["result": "succeeded"]) == 2)
    }
}

@Suite("At the first start", .timeLimit(.minutes(1)))
struct FirstReadingTests {
    /// Two verifications: yesterday's, and one that ended weeks ago, which no later reading would meet again.
    private static let verifications = #"""
        [{"jobResultId": 1, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-31T01:00:00",
        "completeTime": "2025-12-31T02:00:00", "result": "succeeded"},
        {"jobResultId": 2, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-10T01:00:00",
        "completeTime": "2025-12-10T02:00:00", "result": "failed"}]
        """#

    @Test(
        "every verification is counted for its stores, whether stores or jobs are known first",
        arguments: [[CollectorName.stores, .jobs], [.jobs, .stores]])
    func verifications(order: [CollectorName]) async throws {
        let bench = try TargetBench()
        bench.server.answer(.getStores, .result(#"[{"id": 1}]"#))
        bench.server.answer(.getJobs, .result(#"[{"id": 7, "enabled": true}]"#))
        bench.server.answer(.getJobResults, .result(Self.verifications), .result("[]"))
        for name in [.server] + order + [.jobs] { await bench.collect(name) }
        for result in ["succeeded", "failed"] {
            let labels = ["source": "job", "result": result]
            #expect(try bench.page.value("mailstore_verification_runs_total", labels) == 1, "\(result)")
        }
    }
}
