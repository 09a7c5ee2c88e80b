/// All outcomes of one target, each counted exactly once; the content of the state file.
package struct TargetLedger: Sendable, Hashable, Codable {
    package var jobs = OutcomeLedger()
    package var profiles = OutcomeLedger()
    package var verifications = VerificationLedger()
    /// The verifications that the exporter itself runs: the running one and the pending ones.
    package var ownVerifications = VerificationQueue()
    /// The address of the server; nil in files of older versions.
    package var server: String?

    package init() {}

    /// Whether no number in it is impossible, as only a damaged file contains it.
    var isPlausible: Bool { jobs.isPlausible && profiles.isPlausible && verifications.isPlausible }

    /// Replaces the known result words with those of this version of the program, after the ledger was loaded.
    package mutating func learnWords() {
        jobs.learnWords()
        profiles.learnWords()
        verifications.learnWords()
    }
}

/// The configured rules for reading and evaluating the outcomes of one target.
package struct OutcomeRules: Sendable {
    package var success: SuccessRule
    package var reach: ReadingPlan.Reach
    /// Whether the stores are collected, so that runs of verifications must be kept until the stores are known.
    package var waitsForStores: Bool
    package var limits = OutcomeLedger.Limits.standard

    package init(success: SuccessRule, reach: ReadingPlan.Reach, waitsForStores: Bool = false) {
        self.success = success
        self.reach = reach
        self.waitsForStores = waitsForStores
    }
}

extension OutcomeLedger {
    /// How much is kept of what the server does not list or must be an error: far more than an honest server has.
    package struct Limits: Sendable, Hashable {
        /// Jobs, profiles or stores that are not listed.
        package var unlistedEntries = 10_000
        /// Runs of unlisted jobs or profiles that readings may return.
        package var unlistedRuns = 50_000
        /// Verifications by jobs, each counted once for each store.
        package var verifications = 100_000

        package static let standard = Limits()
        /// For those who read a past that nobody doubts.
        package static let none = Limits(unlistedEntries: .max, unlistedRuns: .max, verifications: .max)
    }
}
