import Collection
import Configuration
import Logging
import OperatingSystem
import Systemd
import Web

/// Takes over a changed configuration while the program runs: all of it, or nothing.
actor Reloader {
    private let source: ConfigurationSource
    private let supervisor: TargetSupervisor
    private let web: WebConfigurationWatcher
    private let status: ReloadStatus
    private let inForce: ConfigurationInForce
    private let stateDirectory: String
    private let clock: Clock
    private let logger: Logger
    private let notifier: ServiceNotifier
    private var last: Task<ReloadOutcome, Never>?

    init(
        _ source: ConfigurationSource, supervisor: TargetSupervisor, status: ReloadStatus,
        inForce: ConfigurationInForce, web: WebConfigurationWatcher, stateDirectory: String,
        clock: Clock, logger: Logger, notifier: ServiceNotifier
    ) {
        self.source = source
        self.supervisor = supervisor
        self.web = web
        self.status = status
        self.inForce = inForce
        self.stateDirectory = stateDirectory
        self.clock = clock
        self.logger = logger
        self.notifier = notifier
    }

    /// Reads the configuration and takes it over; two that come together are done one after the other.
    @discardableResult
    func reload() async -> ReloadOutcome {
        let previous = last
        let next = Task {
            _ = await previous?.value
            return await self.perform()
        }
        last = next
        return await next.value
    }

    private func perform() async -> ReloadOutcome {
        notifier.reloading()
        let outcome = await attempt()
        switch outcome {
        case .done:
            status.succeeded(at: clock.now())
            notifier.ready(ServiceNotifier.watching(inForce.value.targets.count))
        case .incomplete(let reason):
            status.failed()
            notifier.ready("A part of the configuration is not in force: see the log")
            logger.error("configuration reloaded in part", metadata: ["error": "\(reason)"])
        case .refused(let reason):
            status.failed()
            notifier.ready("The configuration was not reloaded, the former one stays in force: see the log")
            logger.error("configuration not reloaded: the former one stays in force", metadata: ["error": "\(reason)"])
        }
        return outcome
    }

    private func attempt() async -> ReloadOutcome {
        let (configuration, findings): (Configuration, Configuration.Findings)
        do throws(ConfigurationError) {
            (configuration, findings) = try source.load()
        } catch {
            return .refused(error.description)
        }
        guard configuration.stateDirectory == stateDirectory else {
            return .refused(
                "state_directory cannot be changed while the exporter runs: restart it, or set \(stateDirectory) again")
        }
        guard findings.problems.isEmpty else { return .refused(findings.problems.joined(separator: "\n")) }
        // Looked at before anything is changed, and taken over with the rest.
        if let problem = await web.problem() { return .refused(problem) }
        for warning in findings.warnings {
            logger.warning("unwise configuration", metadata: ["warning": "\(warning)"])
        }
        do throws(StartupError) {
            let changes = try await supervisor.apply(configuration)
            inForce.replace(with: configuration)
            var missing = changes.failed.sorted { $0.key < $1.key }.map { "target \"\($0.key)\": \($0.value)" }
            if case .refused(let reason) = await web.reload() { missing.append("web configuration: \(reason)") }
            guard missing.isEmpty else { return .incomplete(missing.joined(separator: "\n")) }
            logger.notice(
                "configuration reloaded",
                metadata: [
                    "added": "\(changes.added.joined(separator: ","))",
                    "restarted": "\(changes.restarted.joined(separator: ","))",
                    "removed": "\(changes.removed.joined(separator: ","))", "kept": "\(changes.kept.count)",
                ])
            return .done
        } catch {
            return .refused(error.description)
        }
    }
}
