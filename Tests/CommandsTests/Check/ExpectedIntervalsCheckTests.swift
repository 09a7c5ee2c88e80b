import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration

@Suite("The check of expected_intervals and of the edition")
struct ExpectedIntervalsCheckTests {
    @Test(
        "each key must be the id or the name of a job or profile",
        arguments: [
            ("7", "12", CheckStatus.ok), ("Nightly backup", "Mailboxes", .ok), ("Nightly bakup", "12", .warning),
            ("7", "13", .warning),
        ])
    func keys(job: String, profile: String, expected: CheckStatus) async throws {
        let bench = CheckBench()
        bench.server.answer(.getJobs, .result(#"[{"id": 7, "name": "Nightly backup"}]"#))
        bench.server.answer(.getProfiles, .result(#"[{"id": 12, "name": "Mailboxes"}]"#))
        let outcome = try await bench.check {
            $0.expectedIntervals = ExpectedIntervals(jobs: [job: .off], profiles: [profile: .off])
        }
        let step = try #require(outcome["expected_intervals"])
        #expect(step.status == expected)
        #expect(outcome.verdict == .healthy)
        if job == "Nightly bakup" { #expect(step.remedy?.contains(#"did you mean "Nightly backup"?"#) == true) }
    }

    @Test("it is skipped where the jobs are not known, and left out where nothing is configured")
    func unknown() async throws {
        let bench = CheckBench()
        #expect(try await bench.check()["expected_intervals"] == nil)
        bench.server.answer(.getJobs, .status(500))
        let outcome = try await bench.check { $0.expectedIntervals = ExpectedIntervals(jobs: ["7": .off]) }
        #expect(outcome["expected_intervals"]?.status == .skipped)
    }

    @Test("a list without any use is a warning, and everything is tried")
    func uselessList() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .raw("[]"))
        let outcome = try await bench.check()
        #expect(outcome["api"]?.status == .warning)
        #expect(outcome["login"]?.status == .ok)
        #expect(outcome["functions"]?.status == .skipped)
        #expect(outcome.names(.failed).isEmpty)
    }

    @Test("the Service Provider Edition is named")
    func serviceProvider() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .raw(#"[{"name": "GetInstances"}, {"name": "GetStores"}]"#))
        #expect(try await bench.check()["api"]?.remedy?.contains("Service Provider Edition") == true)
        bench.server.answer(metadata: .status(401))
        let url = try ServerURL(parsing: "https://archive.example:8474")
        #expect(try await bench.check { $0.url = url }["api"]?.remedy?.contains("Service Provider Edition") == true)
    }
}
