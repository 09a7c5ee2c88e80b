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

    /// - Parameter start: When the configuration in force was read.
    init(start: Timestamp) {
        box = NIOLockedValueBox(Value(lastSuccess: start))
    }

    var value: Value { box.withLockedValue { $0 } }

    func succeeded(at now: Timestamp) {
        box.withLockedValue { $0 = Value(lastSuccess: now) }
    }

    func failed() {
        box.withLockedValue { $0.wasSuccessful = false }
    }
}
