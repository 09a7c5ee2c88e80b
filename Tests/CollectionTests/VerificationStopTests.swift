import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("A verification that takes too long", .timeLimit(.minutes(1)))
struct VerificationStopTests {
    private func bench() throws -> VerificationBench {
        let bench = try VerificationBench { $0.stopAfter = .minutes(10) }
        bench.server.answer("VerifyStore", .running("t1", version: 3))
        return bench
    }

    private func running(_ bench: VerificationBench, version: Int, after seconds: Int) -> FakeAnswer {
        .running("t1", version: version).taking(.seconds(seconds), on: bench.time)
    }

    @Test("is left alone until its time is up")
    func inTime() async throws {
        let bench = try bench()
        bench.server.answer("get-status", running(bench, version: 4, after: 599), .ended())
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").isEmpty)
        #expect(try await bench.counted == ["11 succeeded": 1])
    }

    @Test("is cancelled once, watched on, and counted as cancelled")
    func cancelled() async throws {
        let bench = try bench()
        bench.server.answer(
            "get-status", running(bench, version: 4, after: 600), running(bench, version: 5, after: 60),
            .ended("cancelled").taking(.seconds(60), on: bench.time))
        bench.server.answer("cancel-async", .running("t1", version: 4))
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").map(\.body) == ["token=t1"])
        #expect(try await bench.counted == ["11 cancelled": 1])
        #expect(try await bench.page.value("mailstore_verification_last_duration_seconds") == 720)
        #expect(
            bench.complaints == [
                "a verification runs for longer than verification.stop_after: the server is asked to cancel it",
                "a verification did not succeed: read its log",
            ])
    }

    @Test("is lost where it does not end even then, and said to go on")
    func unending() async throws {
        let bench = try bench()
        bench.server.answer(
            "get-status", running(bench, version: 4, after: 600), running(bench, version: 5, after: 599),
            running(bench, version: 6, after: 1))
        bench.server.answer("cancel-async", .running("t1", version: 4))
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").count == 1)
        #expect(bench.server.calls(of: "get-status").count == 3)
        #expect(try await bench.counted == ["11 lost": 1])
        #expect(bench.complaints.last?.contains("continued after it was cancelled") == true)
    }

    @Test("is asked to stop again where the first try did not work")
    func secondTry() async throws {
        let bench = try bench()
        bench.server.answer(
            "get-status", running(bench, version: 4, after: 600), running(bench, version: 5, after: 60),
            running(bench, version: 6, after: 598), .ended("cancelled"))
        bench.server.answer("cancel-async", .status(500), .running("t1", version: 5))
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").count == 2)
        #expect(try await bench.counted == ["11 cancelled": 1], "its ten minutes count from the request that worked")
    }

    @Test("is lost where it can never be cancelled")
    func neverCancelled() async throws {
        let bench = try bench()
        bench.server.answer(
            "get-status", running(bench, version: 4, after: 600), running(bench, version: 5, after: 599),
            running(bench, version: 6, after: 1))
        bench.server.answerAlways("cancel-async", .status(500))
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").count == 3)
        #expect(try await bench.counted == ["11 lost": 1])
    }

    @Test("that ended in its last poll is not cancelled")
    func endedInTime() async throws {
        let bench = try bench()
        bench.server.answer("get-status", .ended().taking(.seconds(5000), on: bench.time))
        try await bench.runCampaign()
        #expect(bench.server.calls(of: "cancel-async").isEmpty)
        #expect(try await bench.counted == ["11 succeeded": 1])
    }
}
