package import Configuration
package import OperatingSystem

/// The configuration in force, and the results of the last reloads of it and of the web configuration.
package final class ConfigurationStatus: Sendable {
    /// The last reload of either file.
    struct LastReload: Sendable {
        /// Whether both files were valid when they were last read.
        var wasSuccessful = true
        /// When either file was last read successfully.
        var success: Timestamp
    }

    private struct State {
        var configuration: Configuration
        var isConfigurationValid = true
        var isWebConfigurationValid = true
        var lastSuccess: Timestamp
    }

    private let state: Locked<State>

    /// - Parameters:
    ///   - configuration: The configuration in force.
    ///   - start: When it was read.
    package init(_ configuration: Configuration, start: Timestamp) {
        state = Locked(State(configuration: configuration, lastSuccess: start))
    }

    package var configuration: Configuration { state.withLock { $0.configuration } }

    var lastReload: LastReload {
        state.withLock {
            LastReload(
                wasSuccessful: $0.isConfigurationValid && $0.isWebConfigurationValid, success: $0.lastSuccess)
        }
    }

    package var isValid: Bool { lastReload.wasSuccessful }

    /// Replaces the configuration in force.
    package func replace(with configuration: Configuration) {
        state.withLock { $0.configuration = configuration }
    }

    package func reloaded(at now: Timestamp) {
        state.withLock { ($0.isConfigurationValid, $0.lastSuccess) = (true, now) }
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
