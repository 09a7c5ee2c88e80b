import Collection
package import Configuration
import Ledger
package import MailStoreAPI
package import OperatingSystem
import PlainText

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
        let outcomes = OutcomeContext(configuration.outcomes, configuration.collection, target)
        let progress = HistoryProgress(target: target.name, console: console)
        let reader = HistoryReader(
            api: connection.api, server: server, callTime: configuration.collection.timeout.duration,
            clock: clock, progress: { progress.show($0, $1, $2, of: $3) }, complain: { progress.say($0) })
        defer { progress.clear() }
        return try await reader.read(
            HistoryReader.Request(
                target: target, hidesNames: configuration.hideNames, success: outcomes.rules.success,
                since: options.since, until: options.until, step: options.step.milliseconds / 1000, ledger: ledger,
                firstReach: outcomes.rules.reach.first))
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

/// Shows on a terminal how far the reading has come: one line, redrawn.
final class HistoryProgress: Sendable {
    private let target: String
    private let console: Console
    private let isShown = Locked(false)

    init(target: String, console: Console) {
        self.target = target
        self.console = console
    }

    func show(_ function: String, _ window: TimeWindow, _ number: Int, of count: Int) {
        guard let columns = console.columns() else { return }
        let line = "history: \(target): \(function) from \(window.start.text) (\(number) of \(count))"
        isShown.withLock { $0 = true }
        // Without wrapping: a line that is a column too long must not leave a copy of itself each time.
        console.writeMessage("\r\u{1B}[?7l" + ScreenText.cut(line, to: columns - 1) + "\u{1B}[K\u{1B}[?7h")
    }

    /// Says something that stays.
    func say(_ text: String) {
        clear()
        console.say("history: \(target): \(ScreenText.line(text))")
    }

    func clear() {
        let wasShown = isShown.withLock { shown in
            defer { shown = false }
            return shown
        }
        if wasShown { console.writeMessage("\r\u{1B}[K") }
    }
}

/// The exporter's state, looked at without touching it.
///
/// The exporter counts the runs of its lookback when it first starts. Only its state tells from where on, so a past that
/// was made without it would overlap what Prometheus scrapes, and every run of the lookback would be counted twice.
struct HistoryState {
    let directory: String

    /// What the exporter has counted of a target; `nil` where it collects nothing that has a past.
    ///
    /// - Throws: ``CommandError`` where it should have counted and has not, or its state cannot be read.
    func ledger(of target: TargetConfiguration) throws(CommandError) -> TargetLedger? {
        guard target.collectors.contains(.jobs) || target.collectors.contains(.profiles) else { return nil }
        let ledger: TargetLedger?
        do throws(LedgerFileError) {
            ledger = try LedgerFile(directory: directory, target: target.name).look()
        } catch {
            throw CommandError(.failure, "\(target.name): \(error)")
        }
        guard let ledger, ledger.jobs.plan.beginning != nil || ledger.profiles.plan.beginning != nil else {
            let found = ledger == nil ? "there is no state of it" : "it has counted nothing yet, says its state"
            throw CommandError(
                .failure,
                """
                \(target.name): \(found) in \(directory). The exporter counts the runs of its lookback when it \
                first starts, and Prometheus would count them twice: start the exporter before, wait until it has read \
                them, and name its --state.directory; --without-state prints a past that is to stand alone
                """)
        }
        return ledger
    }

    /// Sees that a kind of runs that is read has been counted too: the exporter reads one after the other.
    static func check(_ book: OutcomeBook?, _ kind: String, of target: String) throws(CommandError) {
        guard let book, book.plan.beginning == nil else { return }
        throw CommandError(
            .failure,
            """
            \(target): the exporter has not counted the runs of its \(kind) yet, says its state: try again in a minute; \
            if it stays so, mailstore_exporter check says why
            """)
    }
}
