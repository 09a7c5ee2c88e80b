import Collection
package import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Requests the past runs of servers and prints what the exporter would have exported, for import into Prometheus.
package struct HistoryCommand: Sendable {
    private let options: HistoryOptions
    /// The environment, which may contain passwords.
    private let environment: [String: String]

    package init(_ options: HistoryOptions, environment: [String: String]) {
        self.options = options
        self.environment = environment
    }

    /// Runs the command; reads everything before it writes anything.
    ///
    /// - Parameter name: The target; `nil` or `all` takes all of them.
    /// - Throws: ``CommandError``; partial output then has no OpenMetrics end marker, and no file is created.
    package func run(
        _ configuration: Configuration, target name: String?, console: Console
    ) async throws(CommandError) {
        let clock = Clock.system
        try checkSpan(at: clock.now())
        // Reading takes minutes, so everything possible is checked first.
        var path: OutputPath?
        if let output = options.output { path = try OutputPath(output) }
        let state = ExporterState(directory: configuration.stateDirectory)
        var chosen: [(target: TargetConfiguration, ledger: TargetLedger?)] = []
        for target in try configuration.targets(named: name) {
            chosen.append((target, options.withoutState ? nil : try state.ledger(of: target)))
        }
        var targets: [TargetHistory] = []
        for (target, ledger) in chosen {
            targets.append(try await read(target, ledger, of: configuration, console: console, clock: clock))
        }
        if let warning = HistorySize(of: targets, step: options.step).warning { console.say("history: \(warning)") }
        let extent = try write(targets, to: path, console: console)
        console.say("history: \(extent.text(of: targets.count, file: path?.description))")
    }

    private func checkSpan(at now: Timestamp) throws(CommandError) {
        let since = options.since.instant(at: now)
        let until = options.until?.instant(at: now) ?? now
        guard until <= now else {
            throw CommandError(.commandLine, "--until: \(until.text) is in the future; leave it out to end now")
        }
        guard since < until else {
            throw CommandError(
                .commandLine, "--since: \(since.text) is not before the end, \(until.text); use an earlier time")
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
        let recorder = CallRecorder { call in
            if let skew = call.clockSkew { server.measured(skew: skew) }
        }
        let connection = TargetConnection(
            target, settings: configuration.collection, environment: environment, recorder: recorder)
        defer { connection.close() }
        let rules = OutcomeRules(configuration.outcomes, configuration.collection, target)
        let progress = HistoryProgress(target: target.name, console: console)
        let reader = HistoryReader(
            target: target, hidesNames: configuration.hideNames, success: rules.success,
            since: options.since, until: options.until, step: options.step.milliseconds / 1000, ledger: ledger,
            firstReach: rules.reach.first, api: connection.api, server: server,
            callTime: configuration.collection.timeout.duration, clock: clock,
            progress: { progress.show($0, $1, $2, of: $3) }, warn: { progress.say($0) })
        defer { progress.clear() }
        return try await reader.read()
    }

    private func write(
        _ targets: [TargetHistory], to path: OutputPath?, console: Console
    ) throws(CommandError) -> HistoryWriter.Extent {
        let labels = [("job", options.job), ("instance", options.instance)]
        guard let path else {
            return try HistoryWriter(commonLabels: labels) { (bytes) throws(CommandError) in
                try console.writeResult(bytes)
            }.write(targets)
        }
        let file = try OutputFile(at: path)
        let extent = try HistoryWriter(commonLabels: labels) { (bytes) throws(CommandError) in
            try file.write(bytes)
        }.write(targets)
        try file.finish()
        return extent
    }
}

extension HistoryWriter.Extent {
    /// The result for people, with what to do next.
    func text(of targets: Int, file: String?) -> String {
        let number = "\(samples) sample\(samples == 1 ? "" : "s") of \(targets) target\(targets == 1 ? "" : "s")"
        guard let span else {
            return "\(number): nothing to import. Choose an earlier --since, or check the state directory"
        }
        let (first, last) = (Self.text(span.lowerBound), Self.text(span.upperBound))
        let name = file.map { ShellText($0).description } ?? "FILE"
        let hint = file == nil ? "save them in a file (--output FILE), then: " : "next: "
        return "\(number), from \(first) to \(last). \(hint)"
            + "promtool tsdb create-blocks-from openmetrics --max-block-duration=744h \(name) blocks"
    }

    private static func text(_ seconds: Int64) -> String { Timestamp(secondsSince1970: Double(seconds)).text }
}

extension Configuration {
    /// The targets of a command that accepts several.
    fileprivate func targets(named name: String?) throws(CommandError) -> [TargetConfiguration] {
        guard let name, name != "all" || targets.contains(where: { $0.name == "all" }) else { return targets }
        return [try target(named: name)]
    }
}

/// The progress of reading, as one line of a terminal that is redrawn in place.
private final class HistoryProgress: Sendable {
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
        console.writeMessage(Console.statusLine(TerminalText.cut(line, to: columns - 1)))
    }

    /// Writes a message that stays on the screen.
    func say(_ text: String) {
        clear()
        console.say("history: \(target): \(TerminalText.line(text))")
    }

    func clear() {
        let wasShown = isShown.withLock { shown in
            defer { shown = false }
            return shown
        }
        if wasShown { console.writeMessage(Console.statusLine(nil)) }
    }
}

/// The exporter's state directory, read only.
///
/// The exporter counts the runs of its lookback when it first starts. Only its state records when counting began, so a
/// history made without the state would overlap the scraped samples, and every run of the lookback would be counted
/// twice.
struct ExporterState {
    let directory: String

    /// The exporter's counts for a target; `nil` if the target has no collector with a history.
    ///
    /// - Throws: ``CommandError`` if the exporter has not counted yet, or its state cannot be read.
    func ledger(of target: TargetConfiguration) throws(CommandError) -> TargetLedger? {
        guard target.collectors.contains(.jobs) || target.collectors.contains(.profiles) else { return nil }
        let ledger: TargetLedger?
        do throws(StateError) {
            ledger = try SavedState(directory: directory).ledger(of: StateKey(target.name))
        } catch {
            throw CommandError(.failure, "\(target.name): \(error)")
        }
        guard let ledger, ledger.jobs.plan.beginning != nil || ledger.profiles.plan.beginning != nil else {
            let found = ledger == nil ? "found no state of this target" : "the exporter has not counted any runs yet"
            throw CommandError(
                .failure,
                """
                \(target.name): \(found) (state directory \(directory)). The exporter counts the runs of its lookback \
                when it first starts, and Prometheus would count them twice. Start the exporter first, wait until it \
                has collected once, and pass its --state.directory; or add --without-state to print a history that does \
                not continue into the exporter's own samples
                """)
        }
        return ledger
    }

    /// Checks that the exporter has also counted this kind of runs, because it reads jobs and profiles separately.
    static func check(_ book: OutcomeLedger?, _ kind: String, of target: String) throws(CommandError) {
        guard let book, book.plan.beginning == nil else { return }
        throw CommandError(
            .failure,
            """
            \(target): the exporter has not counted the runs of its \(kind) yet; try again in a minute, and if the \
            error persists, find the cause with: mailstore_exporter check
            """)
    }
}
