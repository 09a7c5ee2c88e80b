import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem

@Suite("A verification that the exporter runs", .timeLimit(.minutes(1)))
struct VerificationEndTests {
    private let begins = FakeAnswer.running("t1", version: 3, log: "Verifying file group #11...\r\n")

    @Test("is in the state file before it is first asked about")
    func savedFirst() async throws {
        let bench = try VerificationBench()
        let found = Locked<String?>(nil)
        bench.server.answer("VerifyStore", .running("5ab1e70c", version: 3))
        bench.server.answer("get-status", .ended().after { found.withLock { $0 = bench.savedState } })
        try await bench.runCampaign()
        #expect(found.withLock { $0 }?.contains("5ab1e70c") == true)
        #expect(!bench.savedState.contains(#""token":"5ab1e70c""#), "what is over is no longer under way")
    }

    @Test("shows how far it is, and is counted when it ends")
    func progress() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", begins)
        bench.server.answer(
            "get-status",
            .running("t1", version: 9, log: "  400 messages verified...\r\n", percent: 40)
                .taking(.seconds(30), on: bench.time))
        let labels = ["store_id": "11", "store_name": "A"]
        try await bench.running {
            await bench.passToNextHour()
            await bench.waitForCalls(2, of: "get-status")
            let page = try await bench.page
            #expect(page.value("mailstore_verification_running", labels) == 1)
            #expect(page.value("mailstore_verification_progress_ratio", labels) == 0.4)
            #expect(page.value("mailstore_verification_messages_verified", labels) == 400)
            #expect(page.value("mailstore_verification_log_error_lines", labels) == 0)
            #expect(!page.has("mailstore_verification_last_result"))
            #expect(try await bench.counted.isEmpty)
        }
        let second = try VerificationBench(after: bench)
        second.server.answer(
            "get-status", .ended(log: "  700 messages verified...\r\n").taking(.seconds(70), on: bench.time))
        try await second.running { await second.waitForPlan(1) }
        let page = try await second.page
        #expect(page.value("mailstore_verification_running", labels) == 0)
        #expect(!page.has("mailstore_verification_progress_ratio"))
        #expect(page.value("mailstore_verification_messages_verified", labels) == 700)
        #expect(page.state("mailstore_verification_last_result", "result", labels) == "succeeded")
        #expect(page.value("mailstore_verification_last_duration_seconds", labels) == 100)
        #expect(try await second.counted == ["11 succeeded": 1])
        #expect(second.complaints.isEmpty)
    }

    @Test(
        "ends with the server's word",
        arguments: [
            ("failed", "failed"), ("cancelled", "cancelled"), ("succeeded", "succeeded"), ("Half Done", "halfDone"),
        ])
    func results(word: String, label: String) async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", begins)
        bench.server.answer("get-status", .ended(word))
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 \(label)": 1])
        #expect(try await bench.page.state("mailstore_verification_last_result", "result") == label)
        #expect(bench.complaints == (word == "succeeded" ? [] : ["a verification did not succeed: read its log"]))
        #expect(bench.parts.statistics.counts.unknownValues[.result] == (word == "Half Done" ? 1 : 0))
    }

    @Test("has failed where the last reply holds an error, whatever its state says")
    func error() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", begins)
        bench.server.answer(
            "get-status",
            .raw(
                #"{"error": {"message": "Bad disk.", "details": "X: Bad disk."}, "statusVersion": 9, "#
                    + #""statusCode": "succeeded"}"#))
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 failed": 1])
        #expect(bench.log.events.contains { $0.level == .error && $0.metadata["error"] == "Bad disk." })
    }

    @Test("is counted each time that the server refuses to start it")
    func refused() async throws {
        let bench = try VerificationBench()
        bench.server.answerAlways("VerifyStore", .failed("System.Exception", "Another one is running."))
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 failed": 1])
        let second = try VerificationBench(after: bench)
        try await second.runCampaign()
        #expect(try await second.counted == ["11 failed": 2])
        #expect(
            try await second.page.value("mailstore_verification_last_start_timestamp_seconds")
                == 1_767_225_600 + 7200)
        #expect(second.server.calls(of: "get-status").isEmpty)
    }

    @Test(
        "is lost where nobody can say whether the server has started it",
        arguments: [
            FakeAnswer.broken(.timeout), .broken(.truncated), .broken(.connect), .status(500), .raw("<html>"),
            .raw(#"{"statusCode": "running", "statusVersion": 3}"#),
        ])
    func unknownStart(answer: FakeAnswer) async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", answer)
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 lost": 1])
        #expect(bench.server.calls(of: "VerifyStore").count == 1, "it must not be started twice")
    }

    @Test("is not counted where the login was refused", arguments: [401, 403])
    func noLogin(status: Int) async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", .status(status))
        try await bench.runCampaign()
        #expect(try await bench.counted.isEmpty)
        #expect(bench.complaints == ["a verification cannot be started"])
        #expect(await bench.queue.pending.isEmpty)
    }

    @Test("is lost where the server forgets its token, and the next store has its turn")
    func tokenGone() async throws {
        let bench = try VerificationBench(stores: #"[{"id": 11}, {"id": 12}]"#)
        bench.server.answer("VerifyStore", begins, .ended())
        bench.server.answer("get-status", .status(404))
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 lost": 1, "12 succeeded": 1])
        #expect(
            bench.complaints == [
                "the server no longer knows a verification that was running: its result is unknown"
            ])
    }

    @Test("is asked about until the server is back")
    func outage() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", begins)
        bench.server.answer("get-status", .broken(.connect), .broken(.connect), .status(503), .ended())
        try await bench.running {
            await bench.passToNextHour()
            for pause in [1, 2, 4] {
                await bench.time.waitForSleepers(1)
                bench.time.advance(by: .seconds(pause))
            }
            await bench.waitForPlan()
        }
        #expect(try await bench.counted == ["11 succeeded": 1])
        // Each kind of trouble is said once.
        let said = bench.log.events.filter { $0.level == .warning }
        #expect(said.map { $0.metadata["reason"] } == ["connect", "http_status"])
    }

    @Test("that succeeded is a warning where its log looks like damage")
    func damage() async throws {
        let bench = try VerificationBench()
        bench.server.answer("VerifyStore", begins)
        bench.server.answer(
            "get-status",
            .ended(log: "  Error: message #5 is damaged.\r\n2 errors have been found (see above).\r\n"))
        try await bench.runCampaign()
        #expect(try await bench.counted == ["11 succeeded": 1])
        #expect(try await bench.page.value("mailstore_verification_log_error_lines", ["store_id": "11"]) == 2)
        let event = try #require(bench.log.events.first { $0.level == .warning })
        #expect(event.message == "a verification succeeded, but lines of its log may report damage: read it")
        #expect(event.metadata["log_error_lines"] == "2")
        #expect(event.metadata["log"]?.hasPrefix(bench.folder.path) == true)
    }
}
