internal import MailStoreAPI

/// Decides when a server whose certificate was not accepted is asked for it once more, and who waits for the answer.
///
/// A second connection a minute at most, unless the failure becomes another one: a target that keeps failing must not
/// cost two handshakes each time.
struct CertificateInquiry {
    enum Decision: Equatable {
        /// Open a connection and call ``finished(_:now:)`` with what it showed.
        case ask
        /// A connection is under way already: wait for it.
        case wait
        /// This was found out a short while ago.
        case known(CertificateFacts?)
    }

    static let interval = Duration.seconds(60)

    /// The signature of the failure for which a connection is under way.
    private var asking: String?
    private var last: (signature: String, asked: ContinuousClock.Instant, facts: CertificateFacts?)?
    /// Transfers that wait, with what made them fail.
    var waiters: [(pending: PendingTransfer, failure: CurlFailure)] = []

    /// What to do for a failure; `signature` tells failures apart that may have different certificates behind them.
    mutating func decide(signature: String, now: ContinuousClock.Instant) -> Decision {
        if asking != nil { return .wait }
        if let last, last.signature == signature, now - last.asked < Self.interval { return .known(last.facts) }
        asking = signature
        return .ask
    }

    /// Takes the answer; `nil` where the connection showed nothing.
    mutating func finished(_ facts: CertificateFacts?, now: ContinuousClock.Instant) {
        if let asking { last = (asking, now, facts) }
        asking = nil
    }

    /// Forgets the last answer since a handshake has succeeded.
    mutating func forget() {
        last = nil
    }
}
