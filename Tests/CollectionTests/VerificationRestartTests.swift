import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem

@Suite("A verification outlives the exporter", .timeLimit(.minutes(1)))
struct VerificationRestartTests {
    private static let stores = #"[{"id": 11, "name": "A"}, {"id": 12, "name": "B"}]"#

    /// How the exporter ends.
    enum Ending: CaseIterable {
        case stopped
        case killed
    }

    /// Runs an exporter until its `polls`th get-status hangs, and ends it there.
    private func run(_ bench: VerificationBench, polls: Int, _ ending: Ending) async throws {
        let disk = try await bench.running {
            await bench.passToNextHour()
            await bench.waitForCalls(polls, of: "get-status")
            return try bench.disk()
        }
        if ending == .killed { try bench.restore(disk) }
    }

    @Test("and is watched on with the same start, its whole log, and counted once", arguments: Ending.allCases)
    func takenUp(ending: Ending) async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .running("t1", version: 3, log: "begin\r\n"))
        bench.server.answer(
            "get-status",
            .running("t1", version: 9, log: "  400 messages verified...\r\n").taking(.seconds(60), on: bench.time))
        try await run(bench, polls: 2, ending)
        bench.time.advance(by: .seconds(600))

        let second = try VerificationBench(after: bench)
        second.server.answer(
            "get-status", .running("t1", version: 20, log: "1 error\r\n"), .ended(log: "end\r\n"))
        try await second.running { await second.waitForPlan(1) }
        #expect(second.server.calls(of: "VerifyStore").count == 1)
        let queries = second.server.calls(of: "get-status").map(\.body)
        #expect(
            queries == [3, 9, 9, 20].map { "token=t1&lastKnownStatusVersion=\($0)&millisecondsTimeout=5000" })
        #expect(try second.keptLogs() == ["begin\r\n  400 messages verified...\r\n1 error\r\nend\r\n"])
        #expect(try await second.counted == ["11 succeeded": 1])
        let page = try await second.page
        #expect(page.value("mailstore_verification_last_start_timestamp_seconds") == 1_767_229_200)
        #expect(page.value("mailstore_verification_last_duration_seconds") == 660)
        #expect(page.value("mailstore_verification_messages_verified") == 400)
        #expect(page.value("mailstore_verification_log_error_lines") == 1)

        let third = try VerificationBench(after: second)
        try await third.running { await third.waitForPlan(1) }
        #expect(try await third.counted == ["11 succeeded": 1])
        #expect(third.server.calls(of: "get-status").count == 4)
    }

    @Test("and nothing of its log is twice or missing, wherever it was killed", arguments: 1...5)
    func killedAnywhere(polls: Int) async throws {
        let bench = try VerificationBench()
        let lines = (0...6).map { "line \($0), 1 error\r\n" }
        bench.server.answer("VerifyStore", .running("t1", version: 0, log: lines[0]))
        // Some polls are slow, so that the state is saved with their news; others are not. The last poll hangs.
        for (version, seconds) in [(1, 1), (2, 6), (3, 1), (4, 1)].prefix(polls - 1) {
            bench.server.answer(
                "get-status",
                .running("t1", version: version, log: lines[version]).taking(.seconds(seconds), on: bench.time))
        }
        try await run(bench, polls: polls, .killed)

        let second = try VerificationBench(after: bench)
        // The server tells all that came after the version that it is asked for.
        second.server.answerAlways(
            "get-status",
            FakeAnswer { (_) throws(TransportError) in
                let query = second.server.calls(of: "get-status").last?.body ?? ""
                let known = query.firstMatch(of: /lastKnownStatusVersion=(\d+)/).flatMap { Int($0.output.1) } ?? -1
                let rest = known < 6 ? lines[(known + 1)...].joined() : nil
                return try await FakeAnswer.ended(version: 6, log: rest)
                    .respond(FakeServer.Call(function: "get-status", arguments: [:]))
            })
        try await second.running { await second.waitForPlan(1) }
        #expect(try second.keptLogs() == [lines.joined()])
        #expect(try await second.page.value("mailstore_verification_log_error_lines") == 7)
        #expect(try await second.counted == ["11 succeeded": 1])
    }

    @Test("and the stores after it have their turn", arguments: Ending.allCases)
    func queue(ending: Ending) async throws {
        let bench = try VerificationBench(stores: Self.stores)
        bench.server.answer("VerifyStore", .running("t1", version: 3))
        try await run(bench, polls: 1, ending)
        let second = try VerificationBench(after: bench, stores: Self.stores)
        second.server.answer("get-status", .ended("failed"))
        second.server.answer("VerifyStore", .ended())
        try await second.running { await second.waitForPlan(1) }
        #expect(second.server.calls(of: "VerifyStore").map { $0.body.prefix(6) } == ["id=11&", "id=12&"])
        #expect(try await second.counted == ["11 failed": 1, "12 succeeded": 1])
    }

    @Test("and a store whose turn had come, but that was not started, has it again", arguments: Ending.allCases)
    func notStarted(ending: Ending) async throws {
        let bench = try VerificationBench()
        bench.server.answerAlways("get-metadata", .broken(.connect))
        let disk = try await bench.running {
            await bench.passToNextHour()
            await bench.waitForCalls(1, of: "get-metadata")
            await bench.time.waitForSleepers(1)
            return try bench.disk()
        }
        if ending == .killed { try bench.restore(disk) }
        let second = try VerificationBench(after: bench)
        second.server.answer("VerifyStore", .ended())
        try await second.running { await second.waitForPlan(1) }
        #expect(try await second.counted == ["11 succeeded": 1])
        #expect(second.server.calls(of: "VerifyStore").count == 1)
    }

    @Test("and is lost where the server no longer knows it")
    func forgotten() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .running("t1", version: 3, log: "begin\r\n"))
        try await run(bench, polls: 1, .killed)
        let second = try VerificationBench(after: bench)
        second.server.answer("get-status", .status(404))
        try await second.running { await second.waitForPlan(1) }
        #expect(try await second.counted == ["11 lost": 1])
    }

    @Test("and is asked how it ended before it is judged, after however long a downtime", arguments: [false, true])
    func longDowntime(wasAskedToStop: Bool) async throws {
        let bench = try VerificationBench { $0.stopAfter = .minutes(10) }
        bench.server.answer("VerifyStore", .running("t1", version: 3))
        if wasAskedToStop {
            bench.server.answer("get-status", .running("t1", version: 4).taking(.seconds(600), on: bench.time))
            bench.server.answer("cancel-async", .running("t1", version: 4))
        }
        try await run(bench, polls: wasAskedToStop ? 2 : 1, .stopped)
        bench.time.advance(by: .seconds(100_000))
        let second = try VerificationBench(after: bench) { $0.stopAfter = .minutes(10) }
        second.server.answer("get-status", .broken(.connect), .ended(wasAskedToStop ? "cancelled" : "succeeded"))
        second.server.answerAlways("cancel-async", .status(404))
        try await second.running {
            await second.time.waitForSleepers(1)
            second.time.advance(by: .seconds(1))
            await second.waitForPlan(1)
        }
        #expect(try await second.counted == ["11 \(wasAskedToStop ? "cancelled" : "succeeded")": 1])
    }

    @Test("and a campaign that fell into the downtime is not made up for")
    func missedCampaign() async throws {
        let bench = try VerificationBench()
        try await bench.running { await bench.time.waitForSleepers(1) }
        bench.time.advance(by: .seconds(5 * 3600 + 100))
        let second = try VerificationBench(after: bench)
        try await second.running { await second.waitForPlan(1) }
        #expect(second.server.calls.isEmpty)
        #expect(await second.queue.nextStart == Timestamp(secondsSince1970: 1_767_225_600 + 6 * 3600))
    }
}
