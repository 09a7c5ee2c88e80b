import Foundation
import Glibc
import MailStoreSimulator
import Testing

@Suite("A verification outlives", .timeLimit(.minutes(4)))
struct VerificationKillTests {
    private static let store: KeyValuePairs = ["target": "archive", "store_id": "11"]

    @Test("an exporter that is killed in the middle: it is watched to its end and counted once")
    func killed() async throws {
        let messages = 8000
        let scene = try VerificationScene(messages: messages, speed: 800)
        defer { scene.simulator.stop() }
        let first = try await scene.exporter(schedule: "* * * * *")
        try await eventually("the verification is under way", tries: triesOfTwoMinutes) {
            try await (first.page().value("mailstore_verification_messages_verified", Self.store) ?? 0) >= 1200
        }
        first.program.signal(SIGKILL)
        #expect(try await first.program.waitForEnd() == .signal(SIGKILL))
        let begin = try #require(scene.calls.first { $0.function == "VerifyStore" }?.time)
        let token = try #require(scene.calls.last?.arguments["token"])

        let second = try await scene.exporter()
        #expect(try await second.page().value("mailstore_verification_running", Self.store) == 1)
        let page = try await second.page(until: "the verification has ended") { !$0.ownVerifications.isEmpty }
        #expect(page.ownVerifications == ["succeeded": 1])
        #expect(page.value("mailstore_verification_running", Self.store) == 0)
        #expect(page.value("mailstore_verification_messages_verified", Self.store) == Double(messages))
        let start = try #require(page.value("mailstore_verification_last_start_timestamp_seconds", Self.store))
        // The `Date` header has whole seconds, so the server's clock is known to about one.
        #expect(abs(start - begin) < 2)
        #expect(try await second.stop() == .exit(0))
        #expect(scene.calls.count { $0.function == "VerifyStore" } == 1)
        #expect(scene.calls.count { $0.function == "cancel-async" } == 0)
        #expect(Set(scene.calls.compactMap { $0.arguments["token"] }) == [token])
        #expect(scene.logs.map(scene.folder.read) == [VerificationScene.wholeLog(messages: messages)])

        let third = try await scene.exporter()
        #expect(try await third.page().ownVerifications == ["succeeded": 1])
        // How the last one went is told when the stores and the jobs are known.
        let last = try await third.page(until: "everything is collected") { $0.succeeded() }
        #expect(last.value("mailstore_verification_last_start_timestamp_seconds", Self.store) == start)
        #expect(try await third.stop() == .exit(0))
    }

    @Test("no server that is restarted in the middle: it is lost, and said to be")
    func serverRestarted() async throws {
        let scene = try VerificationScene(messages: 400_000, speed: 800)
        defer { scene.simulator.stop() }
        let exporter = try await scene.exporter(schedule: "* * * * *")
        try await eventually("the verification is under way", tries: triesOfTwoMinutes) {
            try await (exporter.page().value("mailstore_verification_messages_verified", Self.store) ?? 0) >= 800
        }
        scene.simulator.restart()
        let page = try await exporter.page(until: "the verification is over") { !$0.ownVerifications.isEmpty }
        #expect(page.ownVerifications == ["lost": 1])
        #expect(page.value("mailstore_verification_last_result", ["store_id": "11", "result": "lost"]) == 1)
        #expect(page.value("mailstore_verification_last_success_timestamp_seconds", Self.store) == nil)
        #expect(exporter.log.contains("the server no longer knows a verification that was running"))
        #expect(try await exporter.stop() == .exit(0))
        // What was logged until then is kept.
        let log = scene.folder.read(scene.logs[0])
        #expect(log.hasPrefix(VerificationScene.wholeLog(messages: 800)))
        #expect(VerificationScene.wholeLog(messages: 400_000).hasPrefix(log))
    }

    @Test("no second exporter with the same state directory: that one does not start")
    func secondExporter() async throws {
        let scene = try VerificationScene(messages: 400, speed: 800)
        defer { scene.simulator.stop() }
        let first = try await scene.exporter()
        let second = try Exporter.launch([
            "--config.file", try scene.configuration(schedule: "0 0 29 2 *"), "--web.listen-address", "127.0.0.1:0",
        ])
        #expect(try await second.waitForEnd() == .exit(1))
        #expect(second.errors.contains("another exporter (process \(first.program.pid)) uses the state directory"))
        #expect(try await first.get("/metrics").status == 200)

        // The lock does not outlive its holder, however that ends.
        first.program.signal(SIGKILL)
        #expect(try await first.program.waitForEnd() == .signal(SIGKILL))
        let third = try await scene.exporter()
        #expect(try await third.stop() == .exit(0))
    }
}

@Suite("The log of a verification", .timeLimit(.minutes(4)))
struct VerificationLogSizeTests {
    @Test("of very many megabytes is kept whole, and costs no more memory than a part of it")
    func large() async throws {
        let bytes = 200_000_000
        let scene = try VerificationScene(messages: 80_000, speed: 2000)
        defer { scene.simulator.stop() }
        scene.simulator.inject(.longLog(bytes: bytes), for: "VerifyStore", times: 1)
        let exporter = try await scene.exporter(schedule: "* * * * *")
        // The server goes on by a step, a megabyte of log, with each poll: the size of a reply does not depend on how
        // fast this machine is.
        var polls = 0
        try await eventually("the verification has ended", tries: triesOfTwoMinutes) {
            let calls = scene.calls
            if polls == 0, !calls.isEmpty { scene.simulator.setSpeed(0) }
            let count = calls.count { $0.function == "get-status" }
            guard count > polls else { return try await !exporter.page().ownVerifications.isEmpty }
            polls = count
            scene.simulator.advanceClock(by: 0.201)
            return false
        }
        let page = try await exporter.page()
        #expect(page.ownVerifications == ["succeeded": 1])
        #expect(page.value("mailstore_verification_messages_verified", ["store_id": "11"]) == 80_000)
        #expect(page.value("mailstore_verification_log_error_lines", ["store_id": "11"]) == 0)
        let memory = try #require(exporter.memory("VmHWM"))
        #expect(memory < 150_000, "kilobytes: three quarters of the log")
        #expect(try await exporter.stop() == .exit(0))
        let log = try FileManager.default.attributesOfItem(atPath: scene.folder[scene.logs[0]])
        #expect(((log[.size] as? NSNumber)?.intValue ?? 0) > bytes)
    }
}
