import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands

@Suite("The step that looks at the time zone")
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
        let outcome = try await bench.examine()
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
        let outcome = try await bench.examine()
        #expect(outcome["time_zone"]?.status == .warning)
        #expect(outcome["time_zone"]?.remedy?.contains("server_time_zone") == true)
        #expect(outcome["time_zone"]?.detail("utc") == .flag(false))
        #expect(outcome["collector_jobs"]?.status == .ok)
        #expect(outcome.verdict == .healthy)

        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let configured = try await bench.examine { $0.serverTimeZone = zone }
        #expect(configured["time_zone"]?.status == .ok)
        #expect(configured["time_zone"]?.detail("server_time_zone") == .text("Europe/Berlin"))
    }

    @Test("a server that answers in no zone at all has another trouble")
    func otherTrouble() async throws {
        let bench = CheckBench()
        bench.server.answer(.getJobResults, .failed("System.Exception", "No database."))
        let outcome = try await bench.examine()
        #expect(outcome["time_zone"]?.status == .failed)
        #expect(outcome["time_zone"]?.remedy?.contains("No database.") == true)
    }
}
