import Collection
import Configuration
import Logging
import OperatingSystem
import Systemd
import Web

/// Reloads the configuration while the program runs: completely or not at all.
actor Reloader {
    private let source: ConfigurationSource
    private let supervisor: TargetSupervisor
    private let web: WebConfigurationWatcher
    private let status: ConfigurationStatus
    private let clock: Clock
    private let logger: Logger
    private let notifier: ServiceNotifier
    private var last: Task<ReloadOutcome, Never>?

    init(
        _ source: ConfigurationSource, supervisor: TargetSupervisor, web: WebConfigurationWatcher,
        status: ConfigurationStatus, clock: Clock, logger: Logger, notifier: ServiceNotifier
    ) {
        self.source = source
        self.supervisor = supervisor
        self.web = web
        self.status = status
        self.clock = clock
        self.logger = logger
        self.notifier = notifier
    }

    /// Reads the configuration and applies it; concurrent calls run one after the other.
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
            status.reloaded(at: clock.now())
            notifier.ready(ServiceNotifier.watching(status.configuration.targets.count))
        case .incomplete(let reason):
            status.reloadFailed()
            notifier.ready("The configuration was reloaded in part, see the log")
            logger.error("configuration reloaded in part", metadata: ["error": "\(reason)"])
        case .refused(let reason):
            status.reloadFailed()
            notifier.ready("The configuration was not reloaded, the previous one stays in force, see the log")
            logger.error(
                "configuration not reloaded: the previous one stays in force", metadata: ["error": "\(reason)"])
        }
        return outcome
    }

    private func attempt() async -> ReloadOutcome {
        do {
            let (configuration, findings) = try source.load()
            let stateDirectory = status.configuration.stateDirectory
            guard configuration.stateDirectory == stateDirectory else {
                return .refused(
                    """
                    state_directory cannot be changed while the exporter runs: restart it, or set \(stateDirectory) again
                    """)
            }
            guard findings.problems.isEmpty else { return .refused(findings.problems.joined(separator: "\n")) }
            // Checked before anything changes, and applied last.
            if let problem = await web.prepare() { return .refused(problem) }
            for warning in findings.warnings {
                logger.warning("configuration warning", metadata: ["warning": "\(warning)"])
            }
            return try await apply(configuration)
        } catch {
            return .refused("\(error)")
        }
    }

    private func apply(_ configuration: Configuration) async throws(StartupError) -> ReloadOutcome {
        let changes = try await supervisor.apply(configuration)
        status.replace(with: configuration)
        var missing = changes.failed.sorted { $0.key < $1.key }.map { "target \"\($0.key)\": \($0.value)" }
        if case .refused(let reason) = await web.applyPrepared() { missing.append("web configuration: \(reason)") }
        guard missing.isEmpty else { return .incomplete(missing.joined(separator: "\n")) }
        logger.notice(
            "configuration reloaded",
            metadata: [
                "added": "\(changes.added.joined(separator: ","))",
                "restarted": "\(changes.restarted.joined(separator: ","))",
                "removed": "\(changes.removed.joined(separator: ","))", "kept": "\(changes.kept.count)",
            ])
        return .done
    }
}
