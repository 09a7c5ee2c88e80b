import MailStoreAPI

/// When a target was last found to work again, and which failures from before that are worth another try.
///
/// Without it, a collector that runs once an hour would show a failure for an hour after its cause is gone.
struct Recovery {
    /// When the target was last found to be up after it was not, on the monotonic clock.
    private var upSince: Duration?
    /// The start of the newest run of the heartbeat that succeeded.
    private var newestSuccess: Duration?

    /// Takes over what a run has found out.
    ///
    /// - Parameters:
    ///   - heartbeat: The state of the heartbeat.
    ///   - wasUp: Whether the target was up before the run; `nil` if that was not known.
    mutating func take(heartbeat: CollectorState?, wasUp: Bool?, isUp: Bool?, at now: Duration) {
        if isUp == true, wasUp == false { upSince = now }
        if heartbeat?.succeeded == true { newestSuccess = heartbeat?.lastStart }
    }

    /// Whether the cause of a collector's failure is gone.
    ///
    /// What keeps a server from being reached, and a refused login, concern all functions: a call of the heartbeat that
    /// succeeds shows that they are over. Other failures may be a function's own: they are tried again when the target is
    /// up again.
    func ends(_ state: CollectorState) -> Bool {
        guard let error = state.lastError, !error.concernsFunctionAlone, let start = state.lastStart else {
            return false
        }
        let isShared =
            switch error.reason {
            case .dns, .connect, .tls, .unauthorized: true
            case .timeout, .forbidden, .httpStatus, .badReply, .tooLarge, .apiError, .cancelled: false
            }
        return [upSince, isShared ? newestSuccess : nil].contains { $0.map { start < $0 } ?? false }
    }
}
