package import MailStoreAPI
internal import OperatingSystem

/// Remembers the last request that was made, for those who want to see more than results.
package final class ExchangeRecorder: CallObserver {
    private let record = Locked<CallRecord?>(nil)

    package init() {}

    /// The last request, and how it went.
    package var last: CallRecord? { record.withLock { $0 } }

    package func callEnded(_ call: CallRecord) {
        record.withLock { $0 = call }
    }

    package func callFailed(_ error: APIError) {}
}
