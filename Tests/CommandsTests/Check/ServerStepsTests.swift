import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import OperatingSystem

@Suite("The steps that look at the server itself")
struct ServerStepsTests {
    @Test(
        "the login",
        arguments: [
            (FakeAnswer.status(401), CheckStatus.failed, "api"), (.status(403), .failed, "administrator"),
            (.failed("System.Exception"), .warning, "System.Exception"), (.broken(.timeout), .failed, "exchange"),
        ])
    func login(answer: FakeAnswer, expected: CheckStatus, word: String) async throws {
        let bench = CheckBench()
        bench.server.answer(.getServerInfo, answer)
        let outcome = try await bench.examine()
        let step = try #require(outcome["login"])
        #expect(step.status == expected)
        #expect(step.remedy?.contains(word) == true)
        #expect((outcome["stores"]?.status == .skipped) == (expected == .failed))
    }

    @Test("a refused login is tried once, so that no account is locked")
    func oneAttempt() async throws {
        let bench = CheckBench()
        bench.server.answer(.getServerInfo, .status(401))
        _ = try await bench.examine()
        #expect(bench.server.calls.filter { $0.credentials != nil }.count == 1)
    }

    @Test("a server without GetServerInfo shows by another function that the login works")
    func otherFunction() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: CheckBench.metadata(without: [.getServerInfo]))
        let outcome = try await bench.examine()
        #expect(outcome["login"]?.message == "\"admin\" is let in (GetLicenseInformation answered)")
        #expect(bench.server.calls(of: .getServerInfo).isEmpty)
        #expect(outcome.verdict == .healthy)
    }

    @Test("functions that are missing are a warning that names the metrics that will be missing")
    func missingFunctions() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: CheckBench.metadata(without: [.getWorkerResults, .getActiveSessions]))
        let outcome = try await bench.examine()
        let step = try #require(outcome["functions"])
        #expect(step.status == .warning)
        #expect(step.message == "5 of 7 collectors are supported; not supported: sessions, profiles")
        guard case .text(let profiles) = step.detail("no_profiles") else {
            Issue.record("nothing is said of the profiles")
            return
        }
        #expect(profiles.hasPrefix("GetWorkerResults is not offered; "))
        #expect(profiles.contains("mailstore_profile_runs"))
        #expect(outcome.names(.skipped) == ["collector_sessions", "collector_profiles"])
        #expect(bench.server.calls(of: .getProfiles).isEmpty)
        #expect(outcome.verdict == .healthy)
    }

    @Test("only the configured collectors are run, and the server's own")
    func configuredCollectors() async throws {
        let outcome = try await CheckBench().examine { $0.collectors = [.users] }
        let collectors = outcome.steps.map(\.step).filter { $0.hasPrefix("collector") }
        #expect(collectors == ["collector_server", "collector_users"])
        #expect(outcome["time_zone"]?.status == .skipped)
        #expect(outcome["stores"]?.status == .skipped)
    }

    @Test(
        "a clock that is more than a minute off is warned of",
        arguments: [(0.0, CheckStatus.ok), (59, .ok), (-60, .ok), (62, .warning), (-62, .warning), (7200, .warning)])
    func clock(offset: Double, expected: CheckStatus) async throws {
        let bench = CheckBench()
        let date = HTTPDateText.of(bench.time.now + .seconds(offset))
        bench.server.answer(metadata: CheckBench.metadata(without: [], date: date))
        let step = try #require(try await bench.examine()["clock"])
        #expect(step.status == expected)
        #expect(step.message.contains("behind") == (offset < -1))
        #expect(step.message.contains("ahead") == (offset >= 1))
    }

    @Test("a server that tells no date has an unknown clock")
    func noDate() async throws {
        #expect(try await CheckBench().examine()["clock"]?.status == .warning)
    }

    @Test(
        "the stores",
        arguments: [
            ("[]", CheckStatus.warning, "0 stores, none"),
            (#"[{"id": 1, "requestedState": "normal"}]"#, .warning, "1 store, none"),
            (#"[{"id": 1, "requestedState": "current"}]"#, .ok, "1 store, one"),
            (#"[{"id": 7, "name": "Old", "requestedState": "current", "error": "x"}]"#, .warning, #"7 "Old""#),
        ])
    func stores(result: String, expected: CheckStatus, words: String) async throws {
        let bench = CheckBench()
        bench.server.answer(.getStores, .result(result))
        let outcome = try await bench.examine()
        #expect(outcome["stores"]?.status == expected)
        #expect(outcome["stores"]?.message.contains(words) == true)
        #expect(outcome.verdict == .healthy)
    }

    @Test("names of stores are not shown where they are to be hidden")
    func hiddenNames() async throws {
        let bench = CheckBench()
        bench.server.answer(
            .getStores, .result(#"[{"id": 7, "name": "Old", "requestedState": "current", "error": "x"}]"#))
        let target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .environment("MAILSTORE_PASSWORD"))
        let outcome = await bench.examine(Configuration(targets: [target], hideNames: true))
        #expect(outcome["stores"]?.message == "1 of 1 store with an error: 7")
        #expect(!JSONReport.render(outcome.steps).contains("Old"))
    }

    @Test("where the list of functions is given to nobody, the login and all collectors are tried all the same")
    func noList() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .status(401))
        let outcome = try await bench.examine()
        #expect(outcome["functions"]?.status == .skipped)
        #expect(outcome["login"]?.status == .ok)
        #expect(outcome.names(.ok).filter { $0.hasPrefix("collector_") }.count == 7)
    }
}

/// Writes the date of HTTP (RFC 9110, section 5.6.7).
private enum HTTPDateText {
    static func of(_ instant: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: instant.secondsSince1970))
    }
}
