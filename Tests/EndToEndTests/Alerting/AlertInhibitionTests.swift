import MailStoreSimulator
import Testing

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
