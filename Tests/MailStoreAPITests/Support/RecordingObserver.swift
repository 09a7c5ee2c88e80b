import MailStoreAPI
import OperatingSystem

/// An observer that keeps all that it is told.
final class RecordingObserver: CallObserver {
    private let ended = Locked<[CallRecord]>([])
    private let failed = Locked<[APIError]>([])

    /// One record for each request.
    var records: [CallRecord] {
        ended.withLock { $0 }
    }

    /// The failures that no single request shows.
    var failures: [APIError] {
        failed.withLock { $0 }
    }

    func callEnded(_ call: CallRecord) {
        ended.withLock { $0.append(call) }
    }

    func callFailed(_ error: APIError) {
        failed.withLock { $0.append(error) }
    }
}
