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
            let (healed, heard, _) = try await scene.message("firing MailStoreVerificationFailedBefore archive")
            #expect(heard == "warning")
            #expect(healed.labels["store_id"] == "11")
            // Alertmanager adds to a message what has ended in its group, also if that was muted.
            let muted = "resolved MailStoreVerificationMissing archive"
            let told = scene.receiver.messages.flatMap(\.notices).map(\.description).filter { $0 != muted }
            #expect(
                told.sorted() == [
                    "firing MailStoreVerificationFailed archive", "firing MailStoreVerificationFailedBefore archive",
                    "firing MailStoreVerificationLogErrors archive", "firing MailStoreWatchdog",
                    "resolved MailStoreVerificationFailed archive", "resolved MailStoreVerificationLogErrors archive",
                ])
        }
    }
}

@Suite("Where one trouble explains the others, whoever is on call is told of it alone:", .timeLimit(.minutes(6)))
struct AlertInhibitionTests {
    @Test("of a server that is gone, whatever fired before and fires since")
    func serverGone() async throws {
        try await AlertingScene.with { configuration in
            // Long enough for the server to be known as gone when the profile is overdue, at twice this time.
            configuration.targets[0].more = [
                "expected_intervals:", "  profiles: { \"\(AlertingScene.profileId)\": 20s }",
            ]
        } _: { scene in
            scene.run(job: AlertingScene.verifyingJob, on: scene.archive, result: "failed")
            _ = try await scene.message("firing MailStoreVerificationFailed archive")

            let now = scene.archive.change { world in
                let now = Int(world.now)
                world.add(
                    runOf: AlertingScene.profileId, startTime: now - 60, completeTime: now, result: "succeeded",
                    itemsArchived: 1)
                return now
            }
            try await scene.exporter.page(until: "the profile's run is known") {
                $0.value("mailstore_profile_last_success_timestamp_seconds", ["target": "archive"]) == Double(now)
            }
            scene.archive.stop()
            let (alert, receiver, _) = try await scene.message("firing MailStoreServerUnreachable archive")
            #expect(receiver == "critical")
            try await scene.muted(
                by: alert,
                [
                    "MailStoreVerificationFailed", "MailStoreJobFailed", "MailStoreProfileOverdue",
                    "MailStoreApiErrors",
                ])
            try await scene.otherServerIsHeard()
            #expect(
                scene.receiver.notices(about: "archive").map(\.description) == [
                    "firing MailStoreVerificationFailed archive", "firing MailStoreServerUnreachable archive",
                ])
            #expect(scene.receiver.notices(about: "branch").map(\.description) == ["firing MailStoreJobFailed branch"])
        }
    }

    @Test("of a login that is refused, and not that the server cannot be reached, not even when it is mended")
    func loginRefused() async throws {
        try await AlertingScene.with { scene in
            scene.archive.setPassword("changed")
            let (alert, receiver, _) = try await scene.message("firing MailStoreAuthenticationFailing archive")
            #expect(receiver == "critical")
            try await scene.muted(by: alert, ["MailStoreServerUnreachable"])
            try await scene.otherServerIsHeard()

            try scene.folder.write("changed\n", to: "password")
            _ = try await scene.message("resolved MailStoreAuthenticationFailing archive")
            try await eventually("no alert about the archive fires any more") {
                try await scene.prometheus.query("ALERTS{alertstate=\"firing\", target=\"archive\"}").isEmpty
            }
            #expect(
                scene.receiver.notices(about: "archive").map(\.description) == [
                    "firing MailStoreAuthenticationFailing archive",
                    "resolved MailStoreAuthenticationFailing archive",
                ])
        }
    }
}
