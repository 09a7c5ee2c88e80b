public import MailStoreAPI
internal import NIOConcurrencyHelpers

/// Remembers the last request that was made, for those who want to see more than results.
public final class ExchangeRecorder: CallObserver {
    private let record = NIOLockedValueBox<CallRecord?>(nil)

    public init() {}

    /// The last request, and how it went.
    var last: CallRecord? { record.withLockedValue { $0 } }

    public func callEnded(_ call: CallRecord) {
        record.withLockedValue { $0 = call }
    }

    public func callFailed(_ error: APIError) {}
}
