import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import OperatingSystem

@Suite("The checks of the server")
struct ServerChecksTests {
    @Test(
        "the login",
        arguments: [
            (FakeAnswer.status(401), CheckStatus.failed, "api"), (.status(403), .failed, "administrator"),
            (.failed("System.Exception"), .warning, "System.Exception"), (.broken(.timeout), .failed, "exchange"),
        ])
    func login(answer: FakeAnswer, expected: CheckStatus, word: String) async throws {
        let bench = CheckBench()
        bench.server.answer(.getServerInfo, answer)
        let outcome = try await bench.check()
        let step = try #require(outcome["login"])
        #expect(step.status == expected)
        #expect(step.remedy?.contains(word) == true)
        #expect((outcome["stores"]?.status == .skipped) == (expected == .failed))
    }

    @Test("a refused login is tried once, so that no account is locked")
    func oneAttempt() async throws {
        let bench = CheckBench()
        bench.server.answer(.getServerInfo, .status(401))
        _ = try await bench.check()
        #expect(bench.server.calls.filter { $0.credentials != nil }.count == 1)
    }

    @Test("a server without GetServerInfo shows by another function that the login works")
    func otherFunction() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: CheckBench.metadata(without: [.getServerInfo]))
        let outcome = try await bench.check()
        #expect(outcome["login"]?.message == "login as \"admin\" succeeded (GetLicenseInformation answered)")
        #expect(bench.server.calls(of: .getServerInfo).isEmpty)
        #expect(outcome.verdict == .healthy)
    }

    @Test("functions that are missing are a warning that names the metrics that will be missing")
    func missingFunctions() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: CheckBench.metadata(without: [.getWorkerResults, .getActiveSessions]))
        let outcome = try await bench.check()
        let step = try #require(outcome["functions"])
        #expect(step.status == .warning)
        #expect(step.message == "supported collectors: 5 of 7; not supported: sessions, profiles")
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
        let outcome = try await CheckBench().check { $0.collectors = [.users] }
        let collectors = outcome.steps.map(\.step).filter { $0.hasPrefix("collector") }
        #expect(collectors == ["collector_server", "collector_users"])
        #expect(outcome["functions"]?.message == "all collectors are supported (2): server, users")
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
        let step = try #require(try await bench.check()["clock"])
        #expect(step.status == expected)
        #expect(step.message.contains("behind") == (offset < -1))
        #expect(step.message.contains("ahead") == (offset >= 1))
    }

    @Test("numbers of functions and collectors read well for one, too")
    func one() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .raw(#"[{"name": "GetServerInfo"}]"#))
        let outcome = try await bench.check { $0.collectors = [.server] }
        #expect(outcome["api"]?.message == "MailStore answered: get-metadata lists its functions (1)")
        #expect(outcome["functions"]?.message == "all collectors are supported (1): server")
        bench.server.answer(metadata: .raw(#"[{"name": "Unknown"}]"#))
        #expect(
            try await bench.check()["api"]?.remedy?
                .hasPrefix("get-metadata lists functions (1), but none that the collectors need") == true)
    }

    @Test("a server that tells no date has an unknown clock")
    func noDate() async throws {
        #expect(try await CheckBench().check()["clock"]?.status == .warning)
    }

    @Test(
        "the stores",
        arguments: [
            ("[]", CheckStatus.warning, "0 stores, none"),
            (#"[{"id": 1, "requestedState": "normal"}]"#, .warning, "1 store, none"),
            (#"[{"id": 1, "requestedState": "current"}]"#, .ok, "1 store; one receives new mail"),
            (#"[{"id": 7, "name": "Old", "requestedState": "current", "error": "x"}]"#, .warning, #"7 "Old""#),
        ])
    func stores(result: String, expected: CheckStatus, words: String) async throws {
        let bench = CheckBench()
        bench.server.answer(.getStores, .result(result))
        let outcome = try await bench.check()
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
        let outcome = await bench.check(Configuration(targets: [target], hideNames: true))
        #expect(outcome["stores"]?.message == "1 of 1 store has an error: 7")
        #expect(!JSONReport.render(outcome.steps).contains("Old"))
    }

    @Test("where the list of functions is given to nobody, the login and all collectors are tried all the same")
    func noList() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .status(401))
        let outcome = try await bench.check()
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

@Suite("The check of the time zone")
struct TimeZoneCheckTests {
    /// Answers in the server's own time only.
    private static let knowsLocalOnly = FakeAnswer { (call) throws(TransportError) in
        let zone = call.arguments["timeZoneId"] ?? call.arguments["timeZoneID"]
        let answer = zone == "UTC" ? FakeAnswer.failed("System.TimeZoneNotFoundException") : .result("[]")
        return try await answer.respond(call)
    }

    @Test("both functions are asked in UTC for a minute or two, each in its own spelling")
    func window() async throws {
        let bench = CheckBench()
        let outcome = try await bench.check()
        #expect(outcome["time_zone"]?.status == .ok)
        let jobs = try #require(bench.server.calls(of: .getJobResults).first)
        #expect(jobs.arguments["timeZoneId"] == "UTC")
        #expect(jobs.arguments["fromIncluding"] == "2025-12-31T23:59:00")
        #expect(jobs.arguments["toExcluding"] == "2026-01-01T00:00:00")
        #expect(bench.server.calls(of: .getWorkerResults).first?.arguments["timeZoneID"] == "UTC")
    }

    @Test("a server that does not know UTC is a warning until its zone is configured")
    func unknownUTC() async throws {
        let bench = CheckBench()
        bench.server.answer(.getJobResults, Self.knowsLocalOnly)
        bench.server.answer(.getWorkerResults, Self.knowsLocalOnly)
        let outcome = try await bench.check()
        #expect(outcome["time_zone"]?.status == .warning)
        #expect(outcome["time_zone"]?.remedy?.contains("server_time_zone") == true)
        #expect(outcome["time_zone"]?.detail("utc") == .flag(false))
        #expect(outcome["collector_jobs"]?.status == .ok)
        #expect(outcome.verdict == .healthy)

        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let configured = try await bench.check { $0.serverTimeZone = zone }
        #expect(configured["time_zone"]?.status == .ok)
        #expect(configured["time_zone"]?.detail("server_time_zone") == .text("Europe/Berlin"))
    }

    @Test("a server that answers in no zone at all has another trouble")
    func otherTrouble() async throws {
        let bench = CheckBench()
        bench.server.answer(.getJobResults, .failed("System.Exception", "No database."))
        let outcome = try await bench.check()
        #expect(outcome["time_zone"]?.status == .failed)
        #expect(outcome["time_zone"]?.remedy?.contains("No database.") == true)
    }
}
