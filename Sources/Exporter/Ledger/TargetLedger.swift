import MailStoreAPI

/// All outcomes of one target, each counted exactly once: what the state file holds.
struct TargetLedger: Sendable, Hashable, Codable {
    var jobs = OutcomeBook()
    var profiles = OutcomeBook()
    var verifications = VerificationBook()
}
