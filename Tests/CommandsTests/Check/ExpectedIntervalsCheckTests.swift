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

    @Test(
        "the Service Provider Edition is checked as one, on its own port and on another one", arguments: [8474, 9000])
    func serviceProvider(port: Int) async throws {
        let bench = CheckBench()
        FakeServiceProvider.fill(bench.server)
        FakeServiceProvider.fillArchives(bench.server)
        let url = try ServerURL(parsing: "https://archive.example:\(port)")
        let outcome = try await bench.check { $0.url = url }
        #expect(outcome["api"]?.status == (port == 8474 ? .ok : .warning))
        #expect(outcome["login"]?.message.contains("MailStore Service Provider Edition version 25.3.1") == true)
        #expect(outcome["environment"]?.status == .ok)
        #expect(outcome["collector_instances"]?.status == .ok)
        #expect(outcome["collector_stores"]?.status == .ok)
        // Both instances are of one kind.
        #expect(bench.server.calls(of: .getInstanceStatistics).count == 2)
        #expect(bench.server.calls(of: .getStores).count == 1 && bench.server.calls(of: .getJobs).count == 1)
        #expect(outcome["stores"]?.status == .skipped)
        #expect(outcome.names(.failed).isEmpty)
    }

    @Test("a server of another edition than configured fails the check, with the remedy")
    func wrongEdition() async throws {
        let bench = CheckBench()
        let server = try await bench.check { $0.edition = .serviceProvider }
        #expect(server["api"]?.status == .failed)
        #expect(server["api"]?.remedy?.contains("set edition: server") == true)
        FakeServiceProvider.fill(bench.server)
        let provider = try await bench.check { $0.edition = .server }
        #expect(provider["login"]?.status == .failed)
        #expect(provider["login"]?.remedy?.contains("set edition: spe") == true)
    }
}
