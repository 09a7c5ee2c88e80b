package import Configuration
package import CurlTransport
import Ledger
package import MailStoreAPI
package import OperatingSystem
import PlainText

/// Examines, step by step, whether the exporter will be able to do its work, and names the remedy where it will not.
///
/// Nothing is written anywhere, and only calls that read are sent.
package struct Doctor: Sendable {
    private let environment: [String: String]
    private let network: NetworkProbe
    private let clock: Clock
    private let makeTransport: @Sendable (TargetConfiguration, CollectionSettings) -> any HTTPTransport

    /// - Parameter environment: The environment of the process: passwords and proxies may stand there.
    package init(environment: [String: String]) {
        let engine = CurlEngine()
        self.init(environment: environment, network: .system, clock: .system) { target, settings in
            CurlTransport(
                engine: engine,
                options: CurlOptions(
                    target, settings, userAgent: "mailstore_exporter/\(BuildInformation.version)"))
        }
    }

    package init(
        environment: [String: String], network: NetworkProbe, clock: Clock,
        makeTransport: @escaping @Sendable (TargetConfiguration, CollectionSettings) -> any HTTPTransport
    ) {
        self.environment = environment
        self.network = network
        self.clock = clock
        self.makeTransport = makeTransport
    }

    /// Examines the configuration and then its targets, one after the other.
    ///
    /// - Parameters:
    ///   - name: the only target to look at; `nil` for all.
    ///   - report: told of each step when it is done.
    package func examine(
        _ flags: ConfigurationFlags, onlyTarget name: String?, report: (CheckStep) -> Void
    ) async -> CheckVerdict {
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try flags.load(environment: environment)
        } catch {
            // What to do stands in each mistake; what follows from them all is said once.
            for mistake in error.mistakes.dropLast() { report(Self.wrong(mistake.description, remedy: nil)) }
            if let last = error.mistakes.last { report(Self.wrong(last.description)) }
            return .wrongConfiguration
        }
        let source = flags.configFile.map { QuotedText($0).description } ?? "the command line"
        return await examine(configuration, from: source, onlyTarget: name, report: report)
    }

    /// Examines targets of a configuration that is right in itself.
    package func examine(
        _ configuration: Configuration, from source: String, onlyTarget name: String?, report: (CheckStep) -> Void
    ) async -> CheckVerdict {
        let targets = configuration.targets.filter { name == nil || $0.name == name }
        guard !targets.isEmpty else {
            report(Self.wrong(Self.unknownTarget(name ?? "", among: configuration.targets.map(\.name))))
            return .wrongConfiguration
        }
        let count = configuration.targets.count
        report(
            CheckStep(
                target: nil, step: CheckName.configuration.rawValue, status: .ok,
                message: "\(source) is in order: \(count) target\(count == 1 ? "" : "s")"
                    + (targets.count < count ? ", of which one is looked at" : ""),
                details: [.number("targets", count)]))
        var verdict = CheckVerdict.healthy
        for target in targets where await !examine(target, of: configuration, report: report) { verdict = .failed }
        return verdict
    }

    /// Examines one target; says whether all that is essential works.
    private func examine(
        _ target: TargetConfiguration, of configuration: Configuration, report: (CheckStep) -> Void
    ) async -> Bool {
        var examination: Examination
        do throws(LedgerFileError) {
            examination = try Examination(
                target, of: configuration, transport: makeTransport(target, configuration.collection),
                network: network, environment: environment, clock: clock)
        } catch {
            report(
                CheckStep(
                    target: target.name, step: CheckName.configuration.rawValue, status: .failed,
                    message: error.description))
            return false
        }
        var blocked: Set<CheckName> = []
        var isHealthy = true
        for check in TargetChecks.all {
            let kind = type(of: check)
            let obstacles = kind.needs.filter(blocked.contains)
            guard obstacles.isEmpty else {
                blocked.insert(kind.name)
                let names = obstacles.map { TextReport.title(of: $0.rawValue) }.joined(separator: " and ")
                report(
                    CheckStep(
                        target: target.name, step: kind.name.rawValue, status: .skipped,
                        message: "not tried: it needs \(names) to be in order"))
                continue
            }
            for finding in await check.run(&examination) {
                if finding.status == .failed {
                    blocked.insert(kind.name)
                    isHealthy = false
                }
                report(CheckStep(finding, of: kind.name, target: target.name))
            }
        }
        return isHealthy
    }

    private static func wrong(
        _ message: String,
        remedy: String? = "Correct it and run the check again: no server is asked before the configuration is right."
    ) -> CheckStep {
        CheckStep(
            target: nil, step: CheckName.configuration.rawValue, status: .failed, message: message, remedy: remedy)
    }

    private static func unknownTarget(_ name: String, among names: [String]) -> String {
        let near = NearestName.find(name, among: names).map { "did you mean \(QuotedText($0))? " } ?? ""
        return "--target: there is no target \(QuotedText(name)); \(near)configured: \(names.joined(separator: ", "))"
    }
}

extension CheckStep {
    package init(_ finding: Finding, of name: CheckName, target: String) {
        self.init(
            target: target, step: finding.part.map { "\(name.rawValue)_\($0)" } ?? name.rawValue,
            status: finding.status, message: finding.message, remedy: finding.remedy, details: finding.details)
    }
}

/// What the whole check amounts to.
package enum CheckVerdict: Int32, Sendable {
    /// All that is essential works.
    case healthy = 0
    /// Something essential does not work.
    case failed = 1
    /// The configuration is wrong, so that nothing could be tried.
    case wrongConfiguration = 2

    /// The program's exit code; the numbers are a promise to those who run it.
    package var exitCode: Int32 { rawValue }
}
