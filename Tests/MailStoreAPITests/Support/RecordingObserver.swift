import MailStoreAPI
import NIOConcurrencyHelpers

/// An observer that keeps all that it is told.
final class RecordingObserver: CallObserver {
    private let ended = NIOLockedValueBox<[CallRecord]>([])
    private let failed = NIOLockedValueBox<[APIError]>([])

    /// One record for each request.
    var records: [CallRecord] {
        ended.withLockedValue { $0 }
    }

    /// The failures that no single request shows.
    var failures: [APIError] {
        failed.withLockedValue { $0 }
    }

    func callEnded(_ call: CallRecord) {
        ended.withLockedValue { $0.append(call) }
    }

    func callFailed(_ error: APIError) {
        failed.withLockedValue { $0.append(error) }
    }
}
