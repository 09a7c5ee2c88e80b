package import Configuration
import CurlTransport
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Checks, step by step, whether the exporter can monitor its servers, and names the remedy for each problem.
///
/// It writes no files and makes only read-only calls.
package struct CheckCommand: Sendable {
    /// The result of the whole check.
    package enum Verdict: Int32, Sendable {
        /// Everything that the exporter needs works.
        case healthy = 0
        /// Something that the exporter needs does not work.
        case failed = 1
        /// The configuration is invalid, so no server was contacted.
        case invalidConfiguration = 2

        /// The program's exit code; scripts rely on the numbers.
        package var exitCode: Int32 { rawValue }
    }

    private let environment: [String: String]
    private let network: NetworkProbe
    private let clock: Clock
    private let makeTransport: @Sendable (TargetConfiguration, CollectionSettings) -> any HTTPTransport

    /// - Parameter environment: The environment of the process, which may contain passwords and proxy settings.
    package init(environment: [String: String]) {
        let engine = CurlEngine()
        self.init(environment: environment, network: .system, clock: .system) { target, settings in
            CurlTransport(engine: engine, options: CurlOptions(target, settings, environment: environment))
        }
    }

    init(
        environment: [String: String], network: NetworkProbe, clock: Clock,
        makeTransport: @escaping @Sendable (TargetConfiguration, CollectionSettings) -> any HTTPTransport
    ) {
        self.environment = environment
        self.network = network
        self.clock = clock
        self.makeTransport = makeTransport
    }

    /// Checks the configuration and then its targets, and prints each step when it is done; JSON is printed at the end.
    ///
    /// - Parameter name: The only target to check; `nil` for all.
    package func run(
        _ flags: ConfigurationFlags, onlyTarget name: String?, asJSON: Bool, console: Console
    ) async -> Verdict {
        var isWritten = true
        func write(_ text: String) { isWritten = isWritten && console.writeOutput(Array(text.utf8)) }
        // The verdict of a report that nobody can read is not passed on.
        func conclude(_ verdict: Verdict) -> Verdict {
            guard !isWritten else { return verdict }
            console.say("mailstore_exporter: the report cannot be written to standard output; is the disk full?")
            return .failed
        }
        let progress = CheckProgress(console)
        if asJSON {
            var steps: [CheckStep] = []
            let verdict = await run(flags, onlyTarget: name, progress) { steps.append($0) }
            write(JSONReport.render(steps))
            return conclude(verdict)
        }
        // By the convention of no-color.org any non-empty value disables colours.
        let usesColour = console.outputColumns != nil && environment["NO_COLOR"]?.isEmpty != false
        var report = TextReport(usesColour: usesColour, width: console.outputColumns)
        let verdict = await run(flags, onlyTarget: name, progress) { write(report.lines(for: $0)) }
        write(report.summary())
        return conclude(verdict)
    }

    func run(
        _ flags: ConfigurationFlags, onlyTarget name: String?, _ progress: CheckProgress? = nil,
        report: (CheckStep) -> Void
    ) async -> Verdict {
        let reading: ConfigurationSource.Reading
        do throws(ConfigurationError) {
            var source = ConfigurationSource(flags: flags, environment: environment)
            reading = try source.load()
        } catch {
            // Each mistake names its own remedy; the general advice follows the last one.
            for mistake in error.mistakes.dropLast() { report(Self.invalid(mistake.description, remedy: nil)) }
            if let last = error.mistakes.last { report(Self.invalid(last.description)) }
            return .invalidConfiguration
        }
        // A mistake in a target file affects this file alone, here as in the exporter.
        let mistakes = reading.targetFiles.problems.flatMap(\.mistakes)
        for mistake in mistakes { report(Self.invalid(mistake.description, remedy: nil)) }
        for pattern in reading.unmatchedPatterns { report(Self.unmatched(pattern)) }
        let source = flags.configFile.map { QuotedText($0).description } ?? "the command line"
        let verdict = await run(reading.configuration, from: source, onlyTarget: name, progress, report: report)
        return verdict == .healthy && !mistakes.isEmpty ? .failed : verdict
    }

    /// Checks the targets of a valid configuration, one after the other.
    func run(
        _ configuration: Configuration, from source: String, onlyTarget name: String?,
        _ progress: CheckProgress? = nil, report: (CheckStep) -> Void
    ) async -> Verdict {
        let targets = configuration.targets.filter { name == nil || $0.name == name }
        if let name, targets.isEmpty {
            report(Self.invalid(Self.unknownTarget(name, among: configuration.targets.map(\.name))))
            return .invalidConfiguration
        }
        let count = configuration.targets.count
        report(
            CheckStep(
                target: nil, step: CheckName.configuration.rawValue, status: .ok,
                message: "\(source) is valid: \(count) target\(count == 1 ? "" : "s")"
                    + (targets.count < count ? ", one of which is checked" : ""),
                details: [.number("targets", count)]))
        var verdict = Verdict.healthy
        let state = SavedState(directory: configuration.stateDirectory)
        for target in targets where await !check(target, of: configuration, state, progress, report: report) {
            verdict = .failed
        }
        return verdict
    }

    /// Checks one target; returns whether everything that the exporter needs works.
    private func check(
        _ target: TargetConfiguration, of configuration: Configuration, _ state: SavedState, _ progress: CheckProgress?,
        report: (CheckStep) -> Void
    ) async -> Bool {
        var context = CheckContext(
            target, of: configuration, transport: makeTransport(target, configuration.collection),
            state: state, network: network, environment: environment, clock: clock)
        var blocked: Set<CheckName> = []
        var isHealthy = true
        for check in TargetChecks.all {
            let kind = type(of: check)
            guard kind.concerns(context) else { continue }
            let obstacles = kind.needs.filter(blocked.contains)
            guard obstacles.isEmpty else {
                blocked.insert(kind.name)
                let names = obstacles.map { TextReport.title(of: $0.rawValue) }.joined(separator: " and ")
                report(
                    CheckStep(
                        target: target.name, step: kind.name.rawValue, status: .skipped,
                        message: "not run: it depends on \(names)"))
                continue
            }
            progress?.begin(kind.name, target.name)
            let findings = await check.run(&context)
            progress?.end()
            for finding in findings {
                if finding.status == .failed {
                    blocked.insert(kind.name)
                    isHealthy = false
                }
                report(CheckStep(finding, of: kind.name, target: target.name))
            }
        }
        return isHealthy
    }

    private static func invalid(
        _ message: String,
        remedy: String? = "Correct it and run the check again. No server is contacted until the configuration is valid."
    ) -> CheckStep {
        CheckStep(
            target: nil, step: CheckName.configuration.rawValue, status: .failed, message: message, remedy: remedy)
    }

    private static func unmatched(_ warning: String) -> CheckStep {
        CheckStep(target: nil, step: CheckName.configuration.rawValue, status: .warning, message: warning)
    }

    private static func unknownTarget(_ name: String, among names: [String]) -> String {
        let near = NearestName.find(name, among: names).map { "did you mean \(QuotedText($0))? " } ?? ""
        return "--target: there is no target \(QuotedText(name)); \(near)configured: \(names.joined(separator: ", "))"
    }
}
