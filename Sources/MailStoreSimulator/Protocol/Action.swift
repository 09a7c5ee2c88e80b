/// What is to be done about a request next.
enum Action: Sendable {
    case reply(SimulatedReply)
    /// Nothing yet: ask again later, at the latest when it is due.
    case wait(PendingRequest)
}

/// A request that is not answered yet.
struct PendingRequest: Sendable {
    enum Reason: Sendable {
        case hang
        /// The answer is held back.
        case delay(SimulatedRequest, function: String)
        /// A long poll waits for a status that is newer than the one known.
        case poll(token: String, known: Int, fault: Fault?)
    }

    var reason: Reason
    /// The real instant when the waiting ends, in seconds since 1970 (UTC).
    var due: Double
    /// Its number in the request log.
    var number: Int
}
