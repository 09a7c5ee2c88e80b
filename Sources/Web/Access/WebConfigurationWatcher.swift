package import Configuration
package import Logging
package import OperatingSystem
import PlainText

/// Keeps the web configuration up to date: reads it at the start, on a reload, and when one of its files changes.
///
/// An invalid file is ignored, and the last valid configuration stays in force.
package actor WebConfigurationWatcher {
    /// Applies a configuration; if it throws, nothing has changed.
    package typealias Apply = @Sendable (WebConfiguration) throws -> Void

    /// The result of applying a configuration.
    package enum Outcome: Sendable, Equatable {
        case unchanged
        case changed
        /// The previous configuration stays in force; the text names the remedy and contains no secret.
        case refused(String)
    }

    /// How often the files are checked for changes.
    static let interval = Duration.seconds(5)

    package private(set) var configuration: WebConfiguration
    /// Why the files were refused when they were last read; `nil` if they were valid.
    private(set) var failure: String?
    private let path: String?
    private let clock: Clock
    private let logger: Logger
    private let status: ConfigurationStatus
    private let checkTLS: @Sendable (WebTLS) throws -> Void
    private var apply: Apply = { _ in }
    private var recover: @Sendable () async -> Void = {}
    /// A valid configuration that is not yet in force.
    private var prepared: WebConfiguration?
    private var files: [String]
    private var fingerprints: [FileFingerprint]
    /// Whether to read the files once more, because a change right after reading can go unnoticed.
    private var readsAgain = true

    /// Reads the configuration.
    ///
    /// - Parameter path: The file; `nil` if there is none.
    /// - Throws: ``ConfigurationError`` with every mistake in the file.
    package init(path: String?, status: ConfigurationStatus, clock: Clock, logger: Logger) throws(ConfigurationError) {
        try self.init(path: path, status: status, clock: clock, logger: logger) { try $0.check() }
    }

    /// - Parameter checkTLS: Throws if a server cannot use a certificate and its key.
    init(
        path: String?, status: ConfigurationStatus, clock: Clock, logger: Logger,
        checkTLS: @escaping @Sendable (WebTLS) throws -> Void
    ) throws(ConfigurationError) {
        let reading = path.map(WebConfigurationReading.init(path:))
        configuration = try reading?.outcome.get() ?? WebConfiguration()
        self.path = path
        self.status = status
        self.clock = clock
        self.logger = logger
        self.checkTLS = checkTLS
        files = reading?.files ?? []
        fingerprints = files.map(FileFingerprint.init)
        Self.log(configuration.warnings, logger)
    }

    /// Sets the closures that apply a configuration.
    ///
    /// - Parameters:
    ///   - recover: Called when refused files have become valid, to repeat the actions that failed because of them.
    ///   - apply: Applies a changed configuration. It is not called for the current one.
    package func attach(recover: @escaping @Sendable () async -> Void = {}, apply: @escaping Apply) {
        self.recover = recover
        self.apply = apply
    }

    /// Reads and checks the files, changed or not, and keeps the result for ``applyPrepared()``.
    ///
    /// - Returns: The error, for the caller to log; `nil` if there is none.
    package func prepare() -> String? {
        prepared = nil
        guard let path else { return nil }
        let reading = WebConfigurationReading(path: path)
        files = reading.files
        fingerprints = files.map(FileFingerprint.init)
        readsAgain = true
        do {
            let new = try reading.outcome.get()
            guard (new.tls == nil) == (configuration.tls == nil) else {
                throw InvalidValue("TLS cannot be switched on or off while the exporter runs: restart it")
            }
            if let tls = new.tls { try checkTLS(tls) }
            prepared = new
            return nil
        } catch {
            return refused(error)
        }
    }

    /// Applies the configuration that ``prepare()`` has read.
    ///
    /// If the files changed and were read again since then, it has already been applied.
    package func applyPrepared() -> Outcome {
        guard let new = prepared else { return .unchanged }
        prepared = nil
        let isChanged = new != configuration
        if isChanged {
            do {
                try apply(new)
            } catch {
                return .refused(refused(error))
            }
            configuration = new
            Self.log(new.warnings, logger)
        }
        failure = nil
        status.webConfigurationReloaded(at: clock.now())
        return isChanged ? .changed : .unchanged
    }

    private func refused(_ error: any Error) -> String {
        let reason = "\(error)"
        failure = reason
        status.webConfigurationReloadFailed()
        return reason
    }

    /// Checks the files for changes until the task is cancelled.
    package func run() async {
        guard path != nil else { return }
        while (try? await clock.sleep(Self.interval)) != nil {
            if readChanges() { await recover() }
        }
    }

    /// - Returns: Whether files that were refused are valid now.
    private func readChanges() -> Bool {
        let isChanged = files.map(FileFingerprint.init) != fingerprints
        guard isChanged || readsAgain else { return false }
        let former = failure
        let outcome = prepare().map(Outcome.refused) ?? applyPrepared()
        readsAgain = isChanged
        switch outcome {
        case .refused(let reason):
            if reason != former {
                logger.error(
                    "invalid web configuration ignored: the previous one stays in force",
                    metadata: ["error": "\(reason)"])
            }
            return false
        case .changed:
            logger.notice("web configuration reloaded", metadata: ["file": "\(path ?? "")"])
        case .unchanged:
            guard former != nil else { return false }
            logger.notice("web configuration valid again", metadata: ["file": "\(path ?? "")"])
        }
        return former != nil
    }

    private static func log(_ warnings: [String], _ logger: Logger) {
        for warning in warnings { logger.warning("configuration warning", metadata: ["warning": "\(warning)"]) }
    }
}
