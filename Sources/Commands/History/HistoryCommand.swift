import Collection
package import Configuration
import Ledger
package import MailStoreAPI
package import OperatingSystem

/// Asks servers for their past runs and prints what the exporter would have said, for Prometheus to take over.
package struct HistoryCommand: Sendable {
    package let options: HistoryOptions
    /// Where the configuration may find a password.
    package let environment: [String: String]

    package init(_ options: HistoryOptions, environment: [String: String]) {
        self.options = options
        self.environment = environment
    }

    /// Does it: everything is read before anything is written.
    ///
    /// - Parameter name: The target; `nil` or `all` takes all of them.
    /// - Throws: ``CommandError``; what was written by then does not end as a whole text does, and a file is not made.
    package func run(
        _ configuration: Configuration, target name: String?, console: Console, clock: Clock = .system
    ) async throws(CommandError) {
        try checkSpan(at: clock.now())
        // What cannot be is said before the servers are asked, which takes minutes.
        var place: HistoryPlace?
        if let output = options.output { place = try HistoryPlace(output) }
        let state = HistoryState(directory: configuration.stateDirectory)
        var chosen: [(target: TargetConfiguration, ledger: TargetLedger?)] = []
        for target in try configuration.targets(named: name) {
            chosen.append((target, options.withoutState ? nil : try state.ledger(of: target)))
        }
        var targets: [TargetHistory] = []
        for (target, ledger) in chosen {
            targets.append(
                try await read(target, ledger, of: configuration, console: console, clock: clock))
        }
        if let warning = HistorySize(of: targets, step: options.step).warning { console.say("history: \(warning)") }
        try write(targets, to: place, console: console)
    }

    private func checkSpan(at now: Timestamp) throws(CommandError) {
        let since = options.since.instant(at: now)
        let until = options.until?.instant(at: now) ?? now
        guard until <= now else {
            throw CommandError(.commandLine, "--until: \(until.text) lies in the future; leave it out to end now")
        }
        guard since < until else {
            throw CommandError(
                .commandLine, "--since: \(since.text) is not before the end, \(until.text); go back further")
        }
        guard now.since(since) <= HistoryTime.longest.duration + .seconds(60) else {
            throw CommandError(.commandLine, "--since: \(since.text) is too long ago; at most \(HistoryTime.longest)")
        }
    }

    private func read(
        _ target: TargetConfiguration, _ ledger: TargetLedger?, of configuration: Configuration, console: Console,
        clock: Clock
    ) async throws(CommandError) -> TargetHistory {
        let server = ServerClock(localZone: target.serverTimeZone, clock: clock)
        let connection = TargetConnection(
            target, settings: configuration.collection, environment: environment, observer: SkewObserver(server: server)
        )
        defer { connection.close() }
        let rules = OutcomeRules(configuration.outcomes, configuration.collection, target)
        let progress = HistoryProgress(target: target.name, console: console)
        let reader = HistoryReader(
            api: connection.api, server: server, callTime: configuration.collection.timeout.duration,
            clock: clock, progress: { progress.show($0, $1, $2, of: $3) }, complain: { progress.say($0) })
        defer { progress.clear() }
        return try await reader.read(
            HistoryReader.Request(
                target: target, hidesNames: configuration.hideNames, success: rules.success,
                since: options.since, until: options.until, step: options.step.milliseconds / 1000, ledger: ledger,
                firstReach: rules.reach.first))
    }

    private func write(
        _ targets: [TargetHistory], to place: HistoryPlace?, console: Console
    ) throws(CommandError) {
        let labels = [("job", options.job), ("instance", options.instance)]
        guard let place else {
            return try HistoryWriter(commonLabels: labels) { (bytes) throws(CommandError) in
                try console.writeResult(bytes)
            }.write(targets)
        }
        let file = try HistoryFile(at: place)
        try HistoryWriter(commonLabels: labels) { (bytes) throws(CommandError) in try file.write(bytes) }.write(targets)
        try file.finish()
    }
}

/// Learns how far the server's clock is off.
private struct SkewObserver: CallObserver {
    let server: ServerClock

    func callEnded(_ call: CallRecord) {
        if let skew = call.clockSkew { server.measured(skew: skew) }
    }

    func callFailed(_ error: APIError) {}
}

extension Configuration {
    /// The targets that a command concerns which can do several at once.
    fileprivate func targets(named name: String?) throws(CommandError) -> [TargetConfiguration] {
        guard let name, name != "all" || targets.contains(where: { $0.name == "all" }) else { return targets }
        return [try target(named: name)]
    }
}
