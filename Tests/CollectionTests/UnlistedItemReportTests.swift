import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import Ledger

@Suite("What the server does not list is limited, and the limits are counted and logged", .timeLimit(.minutes(1)))
struct UnlistedItemReportTests {
    private let log = RecordingLog()
    private let limit = 20

    private func bench() throws -> TargetBench {
        try TargetBench(
            logger: log.logger,
            ledgerLimits: OutcomeLedger.Limits(unlistedEntries: limit, unlistedRuns: 1000, verifications: 20))
    }

    private var warnings: [RecordingLog.Event] { log.events.filter { $0.level == .warning } }

    private func list(_ ids: ClosedRange<Int>, _ row: (Int) -> String = { #"{"id": \#($0)}"# }) -> FakeAnswer {
        .result("[\(ids.map(row).joined(separator: ","))]")
    }

    @Test("runs of too many unlisted jobs and profiles count as skipped rows; those of listed ones are counted")
    func runs() async throws {
        let bench = try bench()
        bench.server.answer(.getJobs, list(1...1) { #"{"id": \#($0), "name": "n", "action": "CreateBackup"}"# })
        bench.server.answer(.getProfiles, list(1...1))
        // The listed one comes last.
        let ids = 2...limit + 5
        bench.server.answer(
            .getJobResults,
            .result(
                "["
                    + (Array(ids) + [1]).map { OutcomeReplies.job($0, of: $0, "30T01:00", "30T02:00", "failed") }
                    .joined(separator: ",") + "]"))
        bench.server.answer(
            .getWorkerResults,
            .result(
                "["
                    + (Array(ids) + [1]).map { OutcomeReplies.profile($0, of: $0, "30T01:00", "30T02:00", "failed") }
                    .joined(separator: ",") + "]"))
        for reading in 1...2 {
            await bench.collect(.jobs, .profiles)
            let page = try bench.page
            for (kind, function) in [("job", "GetJobResults"), ("profile", "GetWorkerResults")] {
                #expect(page.value("mailstore_\(kind)_runs_total", ["result": "failed"]) == 1)
                #expect(page.value("mailstore_\(kind)_consecutive_failures") == 1)
                // The rows are left out of each reading that returns them.
                #expect(page.value("mailstore_api_skipped_rows_total", ["function": function]) == Double(4 * reading))
            }
        }
        #expect(
            Set(warnings.map { "\($0.metadata["function"] ?? "") \($0.metadata["runs"] ?? "")" })
                == ["GetJobResults 4", "GetWorkerResults 4"])
        #expect(warnings.count == 2)
    }

    @Test("jobs, profiles and stores that are no longer listed are forgotten beyond the limit")
    func forgotten() async throws {
        let bench = try bench()
        let functions = [InformationalFunction.getJobs, .getProfiles, .getStores]
        for (function, count) in zip(functions, [3, 4, 5]) {
            bench.server.answer(function, list(1...limit + count), list(999...999))
        }
        await bench.collect(.jobs, .profiles, .stores)
        for function in functions {
            let count = try bench.page.value(
                "mailstore_outcome_items_forgotten_total", ["function": function.rawValue])
            #expect(count == 0)
        }
        for _ in 0..<2 { await bench.collect(.jobs, .profiles, .stores) }
        let page = try bench.page
        for (function, count) in zip(functions, [3, 4, 5]) {
            #expect(
                page.value("mailstore_outcome_items_forgotten_total", ["function": function.rawValue])
                    == Double(count))
        }
        #expect(
            Set(warnings.map { "\($0.metadata["function"] ?? "") \($0.metadata["items"] ?? "")" })
                == ["GetJobs 3", "GetProfiles 4", "GetStores 5"])
    }

    @Test("verifications of stores beyond the limit are left out and logged")
    func verifications() async throws {
        let bench = try bench()
        bench.server.answer(.getStores, list(1...10))
        bench.server.answer(.getJobs, list(1...1) { #"{"id": \#($0), "name": "n", "action": "VerifyStores"}"# })
        bench.server.answer(
            .getJobResults,
            .result(
                "["
                    + (1...3).map {
                        OutcomeReplies.job($0, of: 1, "30T0\($0):00", "30T0\($0):30", "failed", action: "VerifyStores")
                    }.joined(separator: ",") + "]"))
        for _ in 1...2 { await bench.collect(.stores, .jobs) }
        let page = try bench.page
        #expect(page.value("mailstore_job_runs_total", ["result": "failed"]) == 3)
        #expect(
            page.value("mailstore_verification_runs_total", ["store_id": "1", "source": "job", "result": "failed"]) == 2
        )
        #expect(warnings.map { $0.metadata["verifications"] } == ["10"])
    }
}
