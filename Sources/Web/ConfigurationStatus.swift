package import Configuration
package import OperatingSystem

/// The configuration in force, and the results of the last reloads of it and of the web configuration.
package final class ConfigurationStatus: Sendable {
    /// The last reload of the files.
    struct LastReload: Sendable {
        /// Whether the configuration and the web configuration were valid when they were last read.
        var wasValid = true
        /// The state of the target files.
        var targetFiles = TargetFileReport()
        /// When one of the files was last read successfully.
        var success: Timestamp

        /// Whether all files were valid when they were last read.
        var wasSuccessful: Bool { wasValid && targetFiles.problems.isEmpty }
    }

    private struct State {
        var configuration: Configuration
        var isConfigurationValid = true
        var isWebConfigurationValid = true
        var targetFiles: TargetFileReport
        var lastSuccess: Timestamp
    }

    private let state: Locked<State>

    /// - Parameters:
    ///   - configuration: The configuration in force.
    ///   - targetFiles: The state of its target files.
    ///   - start: When it was read.
    package init(_ configuration: Configuration, targetFiles: TargetFileReport = TargetFileReport(), start: Timestamp) {
        state = Locked(State(configuration: configuration, targetFiles: targetFiles, lastSuccess: start))
    }

    package var configuration: Configuration { state.withLock { $0.configuration } }

    var lastReload: LastReload {
        state.withLock {
            LastReload(
                wasValid: $0.isConfigurationValid && $0.isWebConfigurationValid, targetFiles: $0.targetFiles,
                success: $0.lastSuccess)
        }
    }

    /// Whether the configuration and the web configuration were valid when they were last read.
    package var isValid: Bool { lastReload.wasValid }

    /// Replaces the configuration in force.
    package func replace(
        with configuration: Configuration, targetFiles: TargetFileReport = TargetFileReport()
    ) {
        state.withLock { ($0.configuration, $0.targetFiles) = (configuration, targetFiles) }
    }

    package var targetFiles: TargetFileReport { lastReload.targetFiles }

    /// Records that target files were read.
    package func targetFilesReloaded(at now: Timestamp) {
        state.withLock { if $0.targetFiles.problems.isEmpty { $0.lastSuccess = now } }
    }

    package func reloaded(at now: Timestamp) {
        state.withLock { $0.isConfigurationValid = true }
        targetFilesReloaded(at: now)
    }

    package func reloadFailed() {
        state.withLock { $0.isConfigurationValid = false }
    }

    func webConfigurationReloaded(at now: Timestamp) {
        state.withLock { ($0.isWebConfigurationValid, $0.lastSuccess) = (true, now) }
    }

    func webConfigurationReloadFailed() {
        state.withLock { $0.isWebConfigurationValid = false }
    }
}

/// The result of a reload of the configuration.
package enum ReloadOutcome: Sendable, Equatable {
    case done
    /// Only a part of the new configuration is in force; the text says what is missing.
    case incomplete(String)
    /// The previous configuration stays in force; the text names the remedy and contains no secret.
    case refused(String)
}
