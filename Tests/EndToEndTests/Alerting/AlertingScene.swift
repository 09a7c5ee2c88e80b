import MailStoreSimulator

/// All the parts between two servers and whoever is on call: exporter, Prometheus, Alertmanager and a receiver.
///
/// Nothing happens on the servers by itself. The second one, `branch`, is there to show that it is not touched by what
/// happens to the first, `archive`.
struct AlertingScene {
    let folder: TemporaryFolder
    let archive: Simulator
    let branch: Simulator
    let exporter: Exporter
    let receiver: WebhookReceiver
    let alertmanager: AlertmanagerServer
    let prometheus: PrometheusServer

    /// Sets the scene, lets a test play in it and clears it away.
    static func with(
        damagedMessages: Int = 0, configure: (inout ConfigurationText) -> Void = { _ in },
        _ body: (AlertingScene) async throws -> Void
    ) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let archive = try server()
            defer { archive.stop() }
            archive.change { $0.stores[0].damagedMessages = damagedMessages }
            let branch = try server()
            defer { branch.stop() }
            let receiver = try WebhookReceiver()
            defer { receiver.stop() }

            let branchPassword = try folder.write(Scene.password + "\n", to: "branch-password")
            let exporter = try await Exporter(
                configuration: Scene.configuration(for: archive, in: folder) { configuration in
                    configuration.targets.append(.init(branch, name: "branch", passwordFile: branchPassword))
                    configure(&configuration)
                })
            try await exporter.page(until: "everything is collected") {
                $0.succeeded() && $0.succeeded(target: "branch")
            }
            let alertmanager = try await AlertmanagerServer(routes: FastCopy.routes(to: receiver.url), in: folder)
            let prometheus = try await PrometheusServer(
                scraping: ["mailstore": exporter.addresses[0]], in: folder,
                rules: folder.write(FastCopy.rules(), to: "mailstore.rules.yml"),
                alertmanager: alertmanager.address,
                // Four times as long an alert outlives a Prometheus that is kept waiting; what is new goes at once.
                arguments: ["--rules.alert.resend-delay", "5s"])
            try await eventually("Prometheus knows both servers") {
                try await prometheus.query("mailstore_up == 1").count == 2
            }
            try await body(
                AlertingScene(
                    folder: folder, archive: archive, branch: branch, exporter: exporter, receiver: receiver,
                    alertmanager: alertmanager, prometheus: prometheus))
            for program in [prometheus.program, alertmanager.program, exporter.program] { try await program.kill() }
        }
    }

    /// A server with one store, one profile, a job that verifies and a job that saves: none of them has run yet.
    private static func server() throws -> Simulator {
        let simulator = try Simulator(
            Scene.simulatorOptions { options in
                options.speed = 1
                options.isAlive = false
                options.history = 0
                options.messagesVerifiedPerSecond = 800
            })
        simulator.change { world in
            world.stores = [SimulatedStore(id: 11, name: "Archive", requestedState: "current", messages: 800)]
            for profile in world.profiles where profile.id != profileId { world.remove(profile: profile.id) }
            for job in world.jobs where ![verifyingJob, savingJob].contains(job.id) { world.remove(job: job.id) }
        }
        return simulator
    }

    static let profileId = 1
    static let verifyingJob = 1
    static let savingJob = 3

    /// Lets a job of a server end at this moment.
    func run(job id: Int, on server: Simulator, result: String) {
        server.change { world in
            let now = Int(world.now)
            world.add(runOfJob: id, startTime: now - 60, completeTime: now, result: result)
        }
    }

    /// Waits for a message about an alert.
    ///
    /// - Parameters:
    ///   - message: in few words: `firing MailStoreServerUnreachable archive`.
    ///   - deadline: when it must have come, in seconds since 1970 (UTC); `nil` = within the usual patience.
    /// - Returns: the message's part about the alert, for which receiver it was, and when it came.
    func message(
        _ message: String, by deadline: Double = .infinity, tries: Int = 600
    ) async throws -> (notice: WebhookReceiver.Notice, receiver: String, time: Double) {
        var found: (notice: WebhookReceiver.Notice, receiver: String, time: Double)?
        try await eventually("the receiver is told: \(message)", tries: tries) {
            for one in receiver.messages where found == nil {
                guard let notice = one.notices.first(where: { $0.description == message }) else { continue }
                found = (notice, one.receiver, one.time)
            }
            guard (found?.time ?? SimulatorOptions.systemClock()) <= deadline else {
                throw TestFailure("the receiver was not told in time: \(message); it was told: \(receiver.messages)")
            }
            return found != nil
        }
        guard let found else { throw TestFailure("no message") }
        return found
    }

    /// Waits until alerts about the archive fire in Prometheus and are muted in Alertmanager by the one of this message.
    func muted(by notice: WebhookReceiver.Notice, _ alerts: Set<String>) async throws {
        var muted: Set<String> = []
        try await eventually("\(notice) mutes \(alerts)", tries: triesOfTwoMinutes) {
            muted = try await alertmanager.muted(by: notice.fingerprint, target: "archive")
            return muted.isSuperset(of: alerts)
        }
        let firing = try await prometheus.query("ALERTS{alertstate=\"firing\", target=\"archive\"}")
        let names = Set(firing.keys.compactMap { $0.labels["alertname"] })
        guard names.isSuperset(of: alerts) else { throw TestFailure("only \(names) fire, not \(alerts)") }
    }

    /// Waits until a warning about the other server has come, which began after everything that was muted before.
    ///
    /// No alert waits for longer than a warning to be sent: what has not come by then was held back.
    func otherServerIsHeard() async throws {
        run(job: Self.savingJob, on: branch, result: "failed")
        guard try await message("firing MailStoreJobFailed branch").receiver == "warning" else {
            throw TestFailure("that is a warning")
        }
    }
}
