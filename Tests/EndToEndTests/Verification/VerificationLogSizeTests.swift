import Foundation
import MailStoreSimulator
import Testing

@Suite("The log of a verification", .timeLimit(.minutes(4)))
struct VerificationLogSizeTests {
    @Test("of very many megabytes is kept whole, and costs no more memory than a part of it")
    func large() async throws {
        let bytes = 200_000_000
        let scene = try VerificationScene(messages: 80_000, speed: 2000)
        defer { scene.simulator.stop() }
        scene.simulator.inject(.longLog(bytes: bytes), for: "VerifyStore", times: 1)
        let exporter = try await scene.exporter(schedule: "* * * * *")
        try await eventually("the verification has ended", tries: triesOfTwoMinutes) {
            try await !exporter.page().ownVerifications.isEmpty
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
