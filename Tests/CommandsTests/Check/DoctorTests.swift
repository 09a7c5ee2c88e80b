import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration

@Suite("The doctor goes step by step")
struct DoctorTests {
    @Test("a server in order passes every step, in the order in which a connection meets them")
    func allGood() async throws {
        let bench = CheckBench()
        bench.server.answer(.getStores, .result(#"[{"id": 1, "requestedState": "current"}]"#))
        bench.server.answer(metadata: CheckBench.metadata(without: [], date: "Thu, 01 Jan 2026 00:00:00 GMT"))
        let outcome = try await bench.examine()
        #expect(
            outcome.names(.ok) == [
                "configuration", "password", "name", "tcp", "tls", "api", "login", "functions", "time_zone", "clock",
                "stores", "collector_server", "collector_license", "collector_users", "collector_sessions",
                "collector_stores", "collector_jobs", "collector_profiles",
            ])
        #expect(outcome.steps.count == 18)
        #expect(outcome.verdict == .healthy)
    }

    @Test("what needs a step that failed is skipped, and what does not is still looked at")
    func skipped() async throws {
        var bench = CheckBench()
        bench.environment = [:]
        let outcome = try await bench.examine()
        #expect(outcome["password"]?.status == .failed)
        #expect(outcome.names(.skipped) == ["login", "time_zone", "stores", "collector"])
        #expect(outcome["login"]?.message == "not tried: it needs password to be in order")
        #expect(outcome["functions"]?.status == .ok)
        #expect(outcome.verdict == .failed)
        #expect(bench.server.calls.map(\.function) == ["get-metadata"])
    }

    @Test("no password goes to a server before its certificate was accepted")
    func passwordIsKept() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .broken(.tls, certificate: bench.certificate(endsIn: 86_400, verified: false)))
        let outcome = try await bench.examine()
        #expect(outcome["tls"]?.status == .failed)
        #expect(outcome.names(.skipped).contains("login"))
        #expect(bench.server.calls.allSatisfy { $0.credentials == nil })
    }

    @Test("one target that fails does not keep the next from being looked at, and makes the whole fail")
    func severalTargets() async throws {
        let bench = CheckBench()
        let url = try ServerURL(parsing: "https://archive.example:8463")
        let configuration = Configuration(targets: [
            TargetConfiguration(name: "first", url: url, username: "admin", password: .environment("UNSET")),
            TargetConfiguration(
                name: "second", url: url, username: "admin", password: .environment("MAILSTORE_PASSWORD")),
        ])
        let outcome = await bench.examine(configuration)
        #expect(outcome.verdict == .failed)
        #expect(outcome.steps.filter { $0.target == "first" && $0.status == .failed }.map(\.step) == ["password"])
        #expect(outcome.steps.contains { $0.target == "second" && $0.step == "collector_profiles" })
        #expect(!outcome.steps.contains { $0.target == "second" && $0.status == .failed })

        let second = await bench.examine(configuration, onlyTarget: "second")
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
        let outcome = await bench.examine(configuration, onlyTarget: "archve")
        #expect(outcome.verdict == .wrongConfiguration)
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
        let verdict = await bench.doctor.examine(flags, onlyTarget: nil) { steps.append($0) }
        #expect(verdict == .wrongConfiguration)
        #expect(steps.count == 2)
        #expect(steps.allSatisfy { $0.step == "configuration" && $0.status == .failed && $0.target == nil })
        #expect(steps.contains { $0.message.hasPrefix("--mailstore.url") })
        #expect(steps.contains { $0.message.hasPrefix("--mailstore.username") })
        #expect(bench.server.calls.isEmpty)
    }
}
