import MailStoreAPI
import NIOConcurrencyHelpers

/// How the last reading of the configuration went, for the page.
final class ReloadStatus: Sendable {
    struct Value: Sendable {
        var wasSuccessful = true
        /// When the configuration was last read with success.
        var lastSuccess: Timestamp
    }

    private let box: NIOLockedValueBox<Value>
    private let web: WebConfigurationKeeper?

    /// - Parameters:
    ///   - start: When the configuration in force was read.
    ///   - web: Keeps the web configuration, which counts as a part of the whole.
    init(start: Timestamp, web: WebConfigurationKeeper? = nil) {
        box = NIOLockedValueBox(Value(lastSuccess: start))
        self.web = web
    }

    var value: Value {
        var value = box.withLockedValue { $0 }
        if let web = web?.status {
            value.wasSuccessful = value.wasSuccessful && web.wasSuccessful
            value.lastSuccess = max(value.lastSuccess, web.lastSuccess)
        }
        return value
    }

    func succeeded(at now: Timestamp) {
        box.withLockedValue { $0 = Value(lastSuccess: now) }
    }

    func failed() {
        box.withLockedValue { $0.wasSuccessful = false }
    }
}
