package import Configuration
package import Logging
package import OperatingSystem
import PlainText

/// Keeps the web configuration up to date: read at the start, when asked to, and when one of its files changes.
///
/// Whatever is wrong with a later reading, the last good configuration stays in force.
package actor WebConfigurationWatcher {
    /// Puts a configuration into force; where it throws, it has changed nothing.
    package typealias Take = @Sendable (WebConfiguration) throws -> Void

    /// How a reading ended.
    package enum Outcome: Sendable, Equatable {
        case unchanged
        case changed
        /// The former configuration stays in force; the text names the remedy and holds no secret.
        case refused(String)
    }

    /// How often the files are looked at.
    package static let interval = Duration.seconds(5)

    package private(set) var configuration: WebConfiguration
    private let path: String?
    private let clock: Clock
    private let logger: Logger
    private let statusBox: Locked<WebConfigurationStatus>
    private var take: Take = { _ in }
    private var recover: @Sendable () async -> Void = {}
    private var files: [String]
    private var fingerprints: [FileFingerprint]
    /// A file can change in the moment after it was read without a sign of it, so a change is looked at twice.
    private var looksAgain = true

    /// Reads the configuration.
    ///
    /// - Parameter path: `nil` where there is no file, and so nothing that could change.
    /// - Throws: ``ConfigurationError`` with every mistake in the file.
    package init(path: String?, clock: Clock, logger: Logger) throws(ConfigurationError) {
        let reading = path.map(WebConfigurationReading.init(path:))
        configuration = try reading?.outcome.get() ?? WebConfiguration()
        self.path = path
        self.clock = clock
        self.logger = logger
        files = reading?.files ?? []
        fingerprints = files.map(FileFingerprint.init)
        statusBox = Locked(WebConfigurationStatus(lastSuccess: clock.now()))
        for warning in configuration.warnings {
            logger.warning("unwise configuration", metadata: ["warning": "\(warning)"])
        }
    }

    /// How the last reading went.
    package nonisolated var status: WebConfigurationStatus { statusBox.withLock { $0 } }

    /// Says what puts a changed configuration into force; the one that is in force now is not put there again.
    package func attach(_ take: @escaping Take) {
        self.take = take
    }

    /// Reads the files, whether they changed or not; a refusal is for the caller to log.
    @discardableResult
    package func reload() -> Outcome {
        read()
    }

    /// What is wrong with the files as they are now; nil where nothing is.
    ///
    /// What is wrong is remembered as the reason of a refusal, so that the files are taken over as soon as they are right.
    package func problem() -> String? {
        guard let path else { return nil }
        do {
            let new = try WebConfigurationReading(path: path).outcome.get()
            try Self.check(new, against: configuration)
            try new.tls?.check()
            return nil
        } catch {
            let reason = "\(error)"
            statusBox.withLock { $0.failure = reason }
            looksAgain = true
            return reason
        }
    }

    /// Says what is to be done when files that were refused have become right: whatever waited for them.
    package func attachRecovery(_ recover: @escaping @Sendable () async -> Void) {
        self.recover = recover
    }

    /// Looks at the files until the task is cancelled.
    package func run() async {
        guard path != nil else { return }
        while (try? await clock.sleep(Self.interval)) != nil {
            if look() { await recover() }
        }
    }

    /// - Returns: whether files that were refused are right now.
    private func look() -> Bool {
        let seen = files.map(FileFingerprint.init)
        let isChanged = seen != fingerprints
        guard isChanged || looksAgain else { return false }
        let former = status.failure
        let outcome = read()
        looksAgain = isChanged
        switch outcome {
        case .refused(let reason):
            guard reason != former else { return false }
            logger.error(
                "web configuration not taken over: the former one stays in force", metadata: ["error": "\(reason)"])
            return false
        case .changed:
            logger.notice("web configuration changed", metadata: ["file": "\(path ?? "")"])
        case .unchanged:
            guard former != nil else { return false }
            logger.notice("web configuration is right again", metadata: ["file": "\(path ?? "")"])
        }
        return former != nil
    }

    private func read() -> Outcome {
        guard let path else { return .unchanged }
        let reading = WebConfigurationReading(path: path)
        files = reading.files
        fingerprints = files.map(FileFingerprint.init)
        looksAgain = true
        do {
            let new = try reading.outcome.get()
            let isChanged = new != configuration
            if isChanged { try putIntoForce(new) }
            statusBox.withLock { $0 = WebConfigurationStatus(lastSuccess: clock.now()) }
            return isChanged ? .changed : .unchanged
        } catch {
            let reason = "\(error)"
            statusBox.withLock { $0.failure = reason }
            return .refused(reason)
        }
    }

    private static func check(_ new: WebConfiguration, against current: WebConfiguration) throws(InvalidValue) {
        guard (new.tls == nil) == (current.tls == nil) else {
            throw InvalidValue("TLS cannot be switched on or off while the exporter runs: restart it")
        }
    }

    private func putIntoForce(_ new: WebConfiguration) throws {
        try Self.check(new, against: configuration)
        try take(new)
        configuration = new
        for warning in new.warnings {
            logger.warning("unwise configuration", metadata: ["warning": "\(warning)"])
        }
    }
}
