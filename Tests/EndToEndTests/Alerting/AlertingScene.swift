import Foundation
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

/// The product's own alerting rules and routes, word for word but for their times and the receivers' addresses.
///
/// Times are divided and not set: that an alert comes later than the one that mutes it must stay so.
enum FastCopy {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "alerts").path

    /// The alerting rules: what takes 5 minutes takes 2 seconds, what takes one minute takes one second.
    static func rules() throws -> String {
        var lines = try lines(of: "mailstore.rules.yml")
        try shorten(["for", "keep_firing_for"], by: 150, in: &lines)
        return lines.joined(separator: "\n")
    }

    /// The routes: what waits for 10 seconds to be sent waits for one, what waits for 2 minutes waits for 3 seconds.
    ///
    /// Whatever joins a group is told within a second, and what was told is not told again.
    ///
    /// - Parameter receiver: the address that stands in for the example's, such as `http://127.0.0.1:40123`.
    static func routes(to receiver: String) throws -> String {
        var lines = try lines(of: "alertmanager-example.yml")
        try shorten(["group_wait"], by: 40, in: &lines)
        try shorten(["group_interval"], by: .max, in: &lines)
        let text = lines.joined(separator: "\n")
        let fast = text.replacing("url: https://alerts.example.org/", with: "url: \(receiver)/")
        guard fast != text else { throw TestFailure("alertmanager-example.yml has no receiver to replace") }
        return fast
    }

    private static func lines(of file: String) throws -> [String] {
        let text = TemporaryFolder.text(of: "\(folder)/\(file)")
        guard !text.isEmpty else { throw TestFailure("there is no \(folder)/\(file)") }
        return text.components(separatedBy: "\n")
    }

    /// Divides the times of these keys, rounded up to whole seconds; what is 0 stays so.
    private static func shorten(_ keys: [String], by divisor: Int, in lines: inout [String]) throws {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        for key in keys {
            var found = 0
            for (index, line) in lines.enumerated() {
                let parts = line.components(separatedBy: "\(key): ")
                guard parts.count == 2, parts[0].allSatisfy({ $0 == " " }) else { continue }
                guard let unit = units[String(parts[1].suffix(1))], let count = Int(parts[1].dropLast()) else {
                    throw TestFailure("the time is not understood: \(line)")
                }
                let (quotient, rest) = (count * unit).quotientAndRemainder(dividingBy: divisor)
                lines[index] = "\(parts[0])\(key): \(quotient + (rest > 0 ? 1 : 0))s"
                found += 1
            }
            guard found > 0 else { throw TestFailure("no line says \(key)") }
        }
    }
}
