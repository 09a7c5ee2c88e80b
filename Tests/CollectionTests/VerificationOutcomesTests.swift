import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Verifications by MailStore's own jobs are told store by store")
struct VerificationOutcomesTests {
    private let stores = #"[{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]"#
    private let jobs = #"""
        [{"id": 7, "name": "All", "action": "VerifyStores --includeIndexes=false", "enabled": true, "time": "03:00"},
        {"id": 8, "name": "One", "action": "VerifyStore --id=2", "enabled": true, "interval": 60},
        {"id": 9, "name": "Backup", "action": "CreateBackup", "enabled": true, "interval": 5}]
        """#

    private func bench(_ results: String..., jobs: String? = nil) throws -> TargetBench {
        let bench = try TargetBench()
        bench.server.answer(.getStores, .result(stores))
        bench.server.answer(.getJobs, .result(jobs ?? self.jobs))
        bench.server.answer(.getJobResults, .result("[" + results.joined(separator: ",") + "]"))
        return bench
    }

    private func all(_ id: Int, _ start: String, _ end: String, _ result: String) -> String {
        OutcomeReplies.job(id, of: 7, start, end, result, action: "VerifyStores")
    }

    @Test("a job of all stores counts for each, a job of one store for that one, a backup for none")
    func scopes() async throws {
        let bench = try bench(
            all(1, "30T03:00", "30T03:30", "succeeded"),
            OutcomeReplies.job(2, of: 8, "31T10:00", "31T10:10", "failed", action: "VerifyStore"),
            OutcomeReplies.job(3, of: 9, "31T11:00", "31T11:10", "failed", action: "CreateBackup"))
        await bench.collect(.stores, .jobs)
        let page = try bench.page
        let first = ["store_id": "1", "store_name": "A"]
        let second = ["store_id": "2", "store_name": "B"]
        #expect(page.state("mailstore_verification_last_result", "result", first) == "succeeded")
        #expect(page.state("mailstore_verification_last_result", "result", second) == "failed")
        for labels in [first, second] {
            // Both were verified by the job of the 30th, 03:30.
            #expect(page.value("mailstore_verification_last_success_timestamp_seconds", labels) == 1_767_065_400)
            let runs = page.all("mailstore_verification_runs_total", labels)
            #expect(Set(runs.compactMap { $0.labels["result"] }) == ["succeeded", "failed", "cancelled", "lost"])
            // The exporter itself has run none.
            #expect(runs.filter { $0.labels["source"] == "exporter" }.map(\.value) == [0, 0, 0, 0])
        }
        #expect(
            page.value(
                "mailstore_verification_runs_total", first.merging(["source": "job", "result": "failed"]) { $1 }) == 0)
        #expect(
            page.value(
                "mailstore_verification_runs_total", second.merging(["source": "job", "result": "failed"]) { $1 }) == 1)
        #expect(page.value("mailstore_verification_last_start_timestamp_seconds", second) == 1_767_175_200)
        #expect(page.value("mailstore_verification_last_completion_timestamp_seconds", second) == 1_767_175_800)
        #expect(page.value("mailstore_verification_last_duration_seconds", second) == 600)
    }

    @Test("the expected interval is the shortest among the jobs that verify the store")
    func expectedInterval() async throws {
        let bench = try bench()
        await bench.collect(.stores, .jobs)
        let family = "mailstore_verification_expected_interval_seconds"
        #expect(try bench.page.value(family, ["store_id": "1"]) == 86_400)
        #expect(try bench.page.value(family, ["store_id": "2"]) == 3600)
    }

    @Test(
        "no verification is expected of a disabled job, of one that is off, or where there is none",
        arguments: [
            #"[{"id": 7, "action": "VerifyStores", "enabled": false, "time": "03:00"}]"#,
            #"[{"id": 6, "action": "VerifyStores", "enabled": true, "time": "03:00"}]"#, "[]",
            #"[{"id": 7, "action": "CreateBackup", "enabled": true, "time": "03:00"}]"#,
        ])
    func nothingExpected(jobs: String) async throws {
        let bench = try TargetBench(target: { $0.expectedIntervals = ExpectedIntervals(jobs: ["6": .off]) })
        bench.server.answer(.getStores, .result(stores))
        bench.server.answer(.getJobs, .result(jobs))
        await bench.collect(.stores, .jobs)
        #expect(try !bench.page.has("mailstore_verification_expected_interval_seconds"))
        #expect(try !bench.page.has("mailstore_verification_last_result"))
    }

    @Test("a store that was created after the verification began has none; one that was there keeps it")
    func createdLater() async throws {
        let bench = try bench()
        await bench.collect(.stores, .jobs)
        bench.time.advance(by: .seconds(3600))
        bench.server.answer(.getStores, .result(#"[{"id": 1}, {"id": 2}, {"id": 3, "name": "New"}]"#))
        bench.server.answer(
            .getJobResults,
            .result(
                OutcomeReplies.list(
                    // Began before the third store was first seen, and ended after it.
                    OutcomeReplies.job(
                        1, of: 7, "31T23:30", "31T23:59", "succeeded", action: "VerifyStores"))))
        await bench.collect(.stores, .jobs)
        let page = try bench.page
        #expect(page.state("mailstore_verification_last_result", "result", ["store_id": "1"]) == "succeeded")
        #expect(!page.has("mailstore_verification_last_result", ["store_id": "3"]))
        #expect(
            page.value(
                "mailstore_verification_runs_total", ["store_id": "3", "source": "job", "result": "succeeded"]) == 0)
    }

    @Test("runs that were read before the stores were known find their stores later, once")
    func storesLater() async throws {
        let bench = try bench(all(1, "30T03:00", "30T03:30", "succeeded"))
        await bench.collect(.jobs)
        #expect(try !bench.page.has("mailstore_verification_runs_total"))
        await bench.collect(.stores, .jobs, .stores)
        let labels = ["store_id": "1", "source": "job", "result": "succeeded"]
        #expect(try bench.page.value("mailstore_verification_runs_total", labels) == 1)
    }

    @Test("a result word that nobody knows is shown and counted for each store")
    func unknownResult() async throws {
        let bench = try bench(all(1, "30T03:00", "30T03:30", "Half Done"))
        await bench.collect(.stores, .jobs)
        let page = try bench.page
        #expect(page.state("mailstore_verification_last_result", "result", ["store_id": "1"]) == "halfDone")
        #expect(page.value("mailstore_verification_runs_total", ["store_id": "2", "result": "halfDone"]) == 1)
        // Once among the jobs' results and once for each of the two stores.
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "result"]) == 3)
    }

    @Test("a result word that nobody knows is counted for its stores, also when the rest of the reading fails")
    func unknownResultBeforeFailure() async throws {
        let bench = try bench(jobs: jobs)
        await bench.collect(.stores, .jobs)
        bench.time.advance(by: .seconds(3600))
        // The window is too wide; of its halves, the older is read and the newer fails.
        bench.server.answer(
            .getJobResults, .failed("System.InvalidOperationException"),
            .result(OutcomeReplies.list(all(1, "30T03:00", "30T03:30", "Half Done"))), .status(500))
        await bench.collect(.jobs)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "jobs"]) == 0)
        #expect(try bench.page.value("mailstore_api_unknown_values_total", ["field": "result"]) == 3)
    }

    @Test("what the last verification was is told only while both stores and jobs are known")
    func bothKnown() async throws {
        let bench = try bench(all(1, "30T03:00", "30T03:30", "succeeded"))
        await bench.collect(.stores)
        #expect(try !bench.page.has("mailstore_verification_last_result"))
        #expect(try bench.page.has("mailstore_verification_runs_total"))
        await bench.collect(.jobs)
        #expect(try bench.page.has("mailstore_verification_last_result"))
    }
}
