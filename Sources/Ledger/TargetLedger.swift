/// All outcomes of one target, each counted exactly once: what the state file holds.
package struct TargetLedger: Sendable, Hashable, Codable {
    package var jobs = OutcomeLedger()
    package var profiles = OutcomeLedger()
    package var verifications = VerificationLedger()
    /// The verifications that the exporter itself runs: what is under way and what is still to be done.
    package var ownVerifications = VerificationQueue()
    /// The address of the server that all this is about; nil in files of older versions.
    package var server: String?

    package init() {}

    /// Replaces the known result words by those of this version of the program, after the ledger was read from a file.
    package mutating func learnWords() {
        jobs.learnWords()
        profiles.learnWords()
        verifications.learnWords()
    }
}

/// How the outcomes of one target are read and judged, as configured.
package struct OutcomeRules: Sendable {
    package var success: SuccessRule
    package var reach: ReadingPlan.Reach
    /// Whether the stores are collected, so that runs of verifications have to be kept until they are known.
    package var waitsForStores: Bool

    package init(success: SuccessRule, reach: ReadingPlan.Reach, waitsForStores: Bool = false) {
        self.success = success
        self.reach = reach
        self.waitsForStores = waitsForStores
    }
}
