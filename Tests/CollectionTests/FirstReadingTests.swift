import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

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
