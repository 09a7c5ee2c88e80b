/// All outcomes of one target, each counted exactly once: what the state file holds.
package struct TargetLedger: Sendable, Hashable, Codable {
    package var jobs = OutcomeBook()
    package var profiles = OutcomeBook()
    package var verifications = VerificationBook()
    /// The verifications that the exporter itself runs: what is under way and what is still to be done.
    package var ownVerifications = VerificationQueue()
    /// The address of the server that all this is about; nil in files of older versions.
    package var server: String?

    package init(
        jobs: OutcomeBook = OutcomeBook(), profiles: OutcomeBook = OutcomeBook(),
        verifications: VerificationBook = VerificationBook(), ownVerifications: VerificationQueue = VerificationQueue(),
        server: String? = nil
    ) {
        self.jobs = jobs
        self.profiles = profiles
        self.verifications = verifications
        self.ownVerifications = ownVerifications
        self.server = server
    }

    /// Takes over the words that this version of the program knows, after the ledger was read from a file.
    package mutating func learnWords() {
        jobs.learnWords()
        profiles.learnWords()
        verifications.learnWords()
    }
}
