import MailStoreSimulator
import Testing

@Suite("A verification that failed", .timeLimit(.minutes(6)))
struct AlertDeliveryTests {
    private static let labels: KeyValuePairs = ["target": "archive", "store_id": "11"]

    /// How long it may take until somebody knows, in seconds from the end of the verification.
    private static let limit = 20.0

    @Test("is told to whoever is on call within 20 seconds, and so is that the next one succeeded")
    func deliveryAndEnd() async throws {
        try await AlertingScene.with(damagedMessages: 3) { configuration in
            configuration.targets[0].more = ["verification:", "  schedule: \"* * * * *\"", "  time_zone: UTC"]
        } _: { scene in
            try await eventually("a verification has failed", tries: triesOfTwoMinutes) {
                try await scene.exporter.page().ownVerifications["failed"] ?? 0 > 0
            }
            let end = try #require(
                await scene.exporter.page()
                    .value("mailstore_verification_last_completion_timestamp_seconds", Self.labels))
            let (alert, receiver, time) = try await scene.message(
                "firing MailStoreVerificationFailed archive", by: end + Self.limit)
            print("the message came \(time - end) seconds after the end of the verification")
            #expect(receiver == "critical")
            #expect(alert.labels["severity"] == "critical")
            #expect(alert.labels["store_id"] == "11")
            #expect(alert.labels["store_name"] == "Archive")
            #expect(alert.annotations["summary"] == "The last verification of an archive store did not succeed.")
            #expect(alert.annotations["description"]?.contains("with the result \"failed\"") == true)
            #expect(alert.annotations["runbook_url"] == "runbook.md#mailstoreverificationfailed")
            // Its log has lines that look like damage: that may be the only evidence, and is a warning of its own.
            let (warning, warned, _) = try await scene.message("firing MailStoreVerificationLogErrors archive")
            #expect(warned == "warning")
            #expect(warning.labels["severity"] == "warning")
            #expect(warning.labels["store_id"] == "11")

            scene.archive.change { $0.stores[0].damagedMessages = 0 }
            for name in ["MailStoreVerificationFailed", "MailStoreVerificationLogErrors"] {
                _ = try await scene.message("resolved \(name) archive", tries: triesOfTwoMinutes)
            }
            #expect(try await scene.exporter.page().ownVerifications["succeeded"] ?? 0 > 0)
            #expect(
                scene.receiver.messages.flatMap(\.notices).map(\.description).sorted() == [
                    "firing MailStoreVerificationFailed archive", "firing MailStoreVerificationLogErrors archive",
                    "resolved MailStoreVerificationFailed archive", "resolved MailStoreVerificationLogErrors archive",
                ])
        }
    }
}
