import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Ledger

@Suite("The dry run of the collectors")
struct DryRunTests {
    @Test("a collector that fails fails alone")
    func failingCollector() async throws {
        let bench = CheckBench()
        bench.server.answer(.getUsers, .failed("System.IO.IOException", "The disk is gone."))
        let outcome = try await bench.examine()
        #expect(outcome.names(.failed) == ["collector_users"])
        #expect(outcome["collector_users"]?.remedy?.contains("The disk is gone.") == true)
        #expect(outcome["collector_users"]?.detail("reason") == .text("api_error"))
        #expect(outcome["collector_jobs"]?.status == .ok)
        #expect(outcome.verdict == .failed)
    }

    @Test("the series of outcomes count for the collector that brings them")
    func series() async throws {
        let bench = CheckBench()
        bench.server.answer(.getJobs, .result(#"[{"id": 3, "name": "Verify", "action": "VerifyStores"}]"#))
        let outcome = try await bench.examine()
        // Of a job that never ran the counter of its runs is known, one series for each known result, and that no run
        // has failed.
        let expected = Double(ResultVocabulary.runs.count + 1)
        #expect(outcome["collector_jobs"]?.detail("series") == .number(expected))
        #expect(outcome["collector_profiles"]?.detail("series") == .number(0))
    }

    @Test("minutes of results that cannot be read are a warning for the collector that met them")
    func unreadable() async throws {
        let bench = CheckBench()
        // The server fails whenever the range covers half past eleven in the evening of the day before.
        let bad = "2025-12-31T23:30:00"
        bench.server.answer(
            .getWorkerResults,
            FakeAnswer { (call) throws(TransportError) in
                let isCovered =
                    call.arguments["fromIncluding", default: ""] <= bad
                    && bad < call.arguments["toExcluding", default: ""]
                let answer = isCovered ? FakeAnswer.failed("System.InvalidOperationException") : .result("[]")
                return try await answer.respond(call)
            })
        let outcome = try await bench.examine()
        #expect(outcome["collector_profiles"]?.status == .warning)
        #expect(outcome["collector_profiles"]?.remedy?.contains("not counted") == true)
        #expect(outcome["collector_jobs"]?.status == .ok)
        #expect(outcome.verdict == .healthy)
    }
}
