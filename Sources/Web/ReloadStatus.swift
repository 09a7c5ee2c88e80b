package import OperatingSystem

/// How the last reading of the configuration went, for the page.
package final class ReloadStatus: Sendable {
    package struct Value: Sendable {
        package var wasSuccessful = true
        /// When the configuration was last read with success.
        package var lastSuccess: Timestamp
    }

    private let box: Locked<Value>
    private let web: WebConfigurationWatcher?

    /// - Parameters:
    ///   - start: When the configuration in force was read.
    ///   - web: Keeps the web configuration, which counts as a part of the whole.
    package init(start: Timestamp, web: WebConfigurationWatcher? = nil) {
        box = Locked(Value(lastSuccess: start))
        self.web = web
    }

    package var value: Value {
        var value = box.withLock { $0 }
        if let web = web?.status {
            value.wasSuccessful = value.wasSuccessful && web.wasSuccessful
            value.lastSuccess = max(value.lastSuccess, web.lastSuccess)
        }
        return value
    }

    package func succeeded(at now: Timestamp) {
        box.withLock { $0 = Value(lastSuccess: now) }
    }

    package func failed() {
        box.withLock { $0.wasSuccessful = false }
    }
}

/// How a reload of the configuration ended.
package enum ReloadOutcome: Sendable, Equatable {
    case done
    /// The new configuration is in force, but not all of it; the text says what is missing.
    case incomplete(String)
    /// The previous configuration stays in force; the text names the remedy and holds no secret.
    case refused(String)
}
