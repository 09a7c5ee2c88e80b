import Collection
import Configuration
import Logging
import OperatingSystem
import Systemd
import Web

/// Reloads the configuration while the program runs: completely or not at all, except for target files.
///
/// Target files are also read when they change. A mistake in one affects this file alone.
actor Reloader {
    private var source: ConfigurationSource
    private let supervisor: TargetSupervisor
    private let web: WebConfigurationWatcher
    private let status: ConfigurationStatus
    private let clock: Clock
    private let logger: Logger
    private let notifier: ServiceNotifier
    private var last: Task<Void, Never>?
    /// Reads files: a directory on a network may not answer.
    private let files = WorkerThread()
    /// Whether a reading has not ended.
    private let isReading = Locked(false)
    private var isStuck = false

    /// How often target files are checked for changes, and how long reading may take.
    private static let interval = Duration.seconds(5)
    private static let limit = Duration.seconds(30)

    /// - Parameter source: Where the configuration in force was read.
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
        await inTurn { await $0.performReload() }
    }

    /// Checks the target files for changes until the task is cancelled.
    func watchTargetFiles() async {
        while (try? await clock.sleep(Self.interval)) != nil {
            await inTurn { await $0.lookAtTargetFiles() }
        }
    }

    private func inTurn<Value: Sendable>(_ body: @escaping @Sendable (Reloader) async -> Value) async -> Value {
        let previous = last
        let next = Task {
            await previous?.value
            return await body(self)
        }
        last = Task { _ = await next.value }
        return await next.value
    }

    private func performReload() async -> ReloadOutcome {
        notifier.reloading()
        let outcome = await attempt()
        switch outcome {
        case .done:
            notifier.ready(ServiceNotifier.watching(status.configuration.targets.count))
        case .incomplete(let reason):
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
            let loaded = await read { source in
                var source = source
                return Result { () throws(ConfigurationError) in (try source.load(), source) }
            }
            guard let loaded else {
                return .refused("the files could not be read within \(Self.limit.components.seconds) s: check the disk")
            }
            let (reading, newSource) = try loaded.get()
            let stateDirectory = status.configuration.stateDirectory
            guard reading.configuration.stateDirectory == stateDirectory else {
                return .refused(
                    """
                    state_directory cannot be changed while the exporter runs: restart it, or set \(stateDirectory) again
                    """)
            }
            let problems = reading.findings.problems
            guard problems.isEmpty else { return .refused(problems.joined(separator: "\n")) }
            // Checked before anything changes, and applied last.
            if let problem = await web.prepare() { return .refused(problem) }
            let outcome = try await apply(reading)
            source = newSource
            return outcome
        } catch {
            return .refused("\(error)")
        }
    }

    private func apply(_ reading: ConfigurationSource.Reading) async throws(StartupError) -> ReloadOutcome {
        reading.findings.log(to: logger)
        let changes = try await supervisor.apply(reading.configuration)
        TargetFileLog(logger).log(from: status.targetFiles, to: reading.targetFiles)
        status.replace(with: reading.configuration, targetFiles: reading.targetFiles)
        var missing = changes.failures
        if case .refused(let reason) = await web.applyPrepared() { missing.append("web configuration: \(reason)") }
        // Mistakes in target files are no failure of the reload: these files are read again when they change.
        if missing.isEmpty { status.reloaded(at: clock.now()) } else { status.reloadFailed() }
        missing += reading.targetFiles.problems.map(\.text)
        guard missing.isEmpty else { return .incomplete(missing.joined(separator: "\n")) }
        changes.log("configuration reloaded", to: logger)
        return .done
    }

    private func lookAtTargetFiles() async {
        guard status.targetFiles.isUsed else { return }
        let found = await read { source in
            var source = source
            return (source.lookAtTargetFiles(), source)
        }
        guard let (reading, newSource) = found else { return }
        source = newSource
        guard let reading else { return }
        TargetFileLog(logger).log(from: status.targetFiles, to: reading.targetFiles)
        if reading.configuration != status.configuration {
            reading.findings.log(to: logger)
            let changes = await supervisor.applyTargetFiles(of: reading.configuration)
            for failure in changes.failures { logger.error("target not collected", metadata: ["error": "\(failure)"]) }
            changes.log("target files reloaded", to: logger)
        }
        status.replace(with: reading.configuration, targetFiles: reading.targetFiles)
        status.targetFilesReloaded(at: clock.now())
        notifier.status(ServiceNotifier.watching(reading.configuration.targets.count))
    }

    /// Runs a reading on a thread of its own.
    ///
    /// - Returns: `nil` if it has not ended in time, or if an earlier one has not.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (ConfigurationSource) -> Value
    ) async -> Value? {
        // Readings that do not end must not pile up.
        guard !isReading.withLock({ $0 }) else { return nil }
        isReading.withLock { $0 = true }
        let value = await files.result(within: Self.limit) { [source, isReading] in
            defer { isReading.withLock { $0 = false } }
            return body(source)
        }
        if value == nil, !isStuck {
            logger.error(
                """
                the files of the configuration cannot be read: the disk does not answer; the configuration in force stays
                """)
        } else if value != nil, isStuck {
            logger.notice("the files of the configuration can be read again")
        }
        isStuck = value == nil
        return value
    }
}
