import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import Ledger

@Suite("The command check, step by step")
struct CheckCommandTests {
    @Test("a healthy server passes every step, in dependency order")
    func allGood() async throws {
        let bench = CheckBench()
        bench.server.answer(.getStores, .result(#"[{"id": 1, "requestedState": "current"}]"#))
        bench.server.answer(metadata: CheckBench.metadata(without: [], date: "Thu, 01 Jan 2026 00:00:00 GMT"))
        let outcome = try await bench.check()
        #expect(
            outcome.names(.ok) == [
                "configuration", "password", "name", "tcp", "tls", "api", "login", "functions", "time_zone", "clock",
                "stores", "collector_server", "collector_license", "collector_users", "collector_sessions",
                "collector_stores", "collector_jobs", "collector_profiles", "state",
            ])
        #expect(outcome.steps.count == 19)
        #expect(outcome.verdict == .healthy)
    }

    @Test("a step that depends on a failed one is skipped, and every other still runs")
    func skipped() async throws {
        var bench = CheckBench()
        bench.environment = [:]
        let outcome = try await bench.check()
        #expect(outcome["password"]?.status == .failed)
        #expect(outcome.names(.skipped) == ["login", "time_zone", "stores", "collector"])
        #expect(outcome["login"]?.message == "not run: it depends on password")
        #expect(outcome["functions"]?.status == .ok)
        #expect(outcome.verdict == .failed)
        #expect(bench.server.calls.map(\.function) == ["get-metadata"])
    }

    @Test("no password goes to a server before its certificate was accepted")
    func passwordIsKept() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .broken(.tls, certificate: bench.certificate(endsIn: 86_400, verified: false)))
        let outcome = try await bench.check()
        #expect(outcome["tls"]?.status == .failed)
        #expect(outcome.names(.skipped).contains("login"))
        #expect(bench.server.calls.allSatisfy { $0.credentials == nil })
    }

    @Test("one target that fails does not stop the check of the next, and makes the whole check fail")
    func severalTargets() async throws {
        let bench = CheckBench()
        let url = try ServerURL(parsing: "https://archive.example:8463")
        let configuration = Configuration(targets: [
            TargetConfiguration(name: "first", url: url, username: "admin", password: .environment("UNSET")),
            TargetConfiguration(
                name: "second", url: url, username: "admin", password: .environment("MAILSTORE_PASSWORD")),
        ])
        let outcome = await bench.check(configuration)
        #expect(outcome.verdict == .failed)
        #expect(outcome.steps.filter { $0.target == "first" && $0.status == .failed }.map(\.step) == ["password"])
        #expect(outcome.steps.contains { $0.target == "second" && $0.step == "collector_profiles" })
        #expect(!outcome.steps.contains { $0.target == "second" && $0.status == .failed })

        let second = await bench.check(configuration, onlyTarget: "second")
        #expect(second.verdict == .healthy)
        #expect(Set(second.steps.compactMap(\.target)) == ["second"])
    }

    @Test("a target that is not configured is a mistake that names the others")
    func unknownTarget() async throws {
        let bench = CheckBench()
        let url = try ServerURL(parsing: "https://archive.example:8463")
        let names = ["archive", "branch"]
        let configuration = Configuration(
            targets: names.map {
                TargetConfiguration(name: $0, url: url, username: "admin", password: .environment("UNSET"))
            })
        let outcome = await bench.check(configuration, onlyTarget: "archve")
        #expect(outcome.verdict == .invalidConfiguration)
        #expect(outcome.steps.count == 1)
        let message = try #require(outcome.steps.first?.message)
        #expect(message.contains("did you mean \"archive\"?"))
        #expect(message.contains("archive, branch"))
        #expect(bench.server.calls.isEmpty)
    }

    @Test("every mistake of the configuration is a step, and no server is asked")
    func mistakes() async throws {
        let bench = CheckBench()
        var flags = ConfigurationFlags()
        flags.url = "http://archive.example"
        var steps: [CheckStep] = []
        let verdict = await bench.command.run(flags, onlyTarget: nil) { steps.append($0) }
        #expect(verdict == .invalidConfiguration)
        #expect(steps.count == 2)
        #expect(steps.allSatisfy { $0.step == "configuration" && $0.status == .failed && $0.target == nil })
        #expect(steps.contains { $0.message.hasPrefix("--mailstore.url") })
        #expect(steps.contains { $0.message.hasPrefix("--mailstore.username") })
        #expect(bench.server.calls.isEmpty)
    }
}

@Suite("The dry run of the collectors")
struct DryRunTests {
    @Test("a collector that fails fails alone")
    func failingCollector() async throws {
        let bench = CheckBench()
        bench.server.answer(.getUsers, .failed("System.IO.IOException", "The disk is gone."))
        let outcome = try await bench.check()
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
        let outcome = try await bench.check()
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
        let outcome = try await bench.check()
        #expect(outcome["collector_profiles"]?.status == .warning)
        #expect(outcome["collector_profiles"]?.remedy?.contains("not counted") == true)
        #expect(outcome["collector_jobs"]?.status == .ok)
        #expect(outcome.verdict == .healthy)
    }
}
