internal import MailStoreAPI
internal import OperatingSystem

/// One request on its way to the engine; immutable but for the wish to cancel it.
final class Transfer: Sendable {
    let destination: Destination
    let request: HTTPRequest
    /// When the whole exchange has to be over, waiting for a connection included.
    let deadline: ContinuousClock.Instant
    private let cancelled = Locked(false)

    init(destination: Destination, request: HTTPRequest) {
        self.destination = destination
        self.request = request
        self.deadline = .now + request.timeout
    }

    /// Whether the task was cancelled, which may happen before the engine has seen the transfer.
    var isCancelled: Bool { cancelled.withLock { $0 } }

    func markCancelled() { cancelled.withLock { $0 = true } }
}

/// The way back to the task that waits for a transfer.
struct Reply: Sendable {
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    /// Ends the waiting; the one place where a continuation is resumed.
    func resolve(_ result: Result<HTTPResponse, TransportError>) {
        continuation.resume(returning: result)
    }
}

extension TransportError {
    static func cancelled(_ destination: Destination) -> TransportError {
        TransportError(kind: .cancelled, description: "The request to \(destination.endpoint) was cancelled.")
    }
}
