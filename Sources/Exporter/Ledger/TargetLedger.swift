import MailStoreAPI

/// All outcomes of one target, each counted exactly once: what the state file holds.
struct TargetLedger: Sendable, Hashable, Codable {
    var jobs = OutcomeBook()
    var profiles = OutcomeBook()
    var verifications = VerificationBook()
    /// The verifications that the exporter itself runs: what is under way and what is still to be done.
    var ownVerifications = VerificationQueue()
    /// The address of the server that all this is about; nil in files of older versions.
    var server: String?

    /// Takes over the words that this version of the program knows, after the ledger was read from a file.
    mutating func learnWords() {
        jobs.learnWords()
        profiles.learnWords()
        verifications.learnWords()
    }
}
