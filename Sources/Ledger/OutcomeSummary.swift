package import OperatingSystem

/// What the runs of one job, profile or store amount to, seen in their order.
package struct OutcomeSummary: Sendable, Hashable, Codable {
    package private(set) var lastRun: Run?
    /// The completion of the last run that succeeded.
    package private(set) var lastSuccess: Timestamp?
    /// The completion of the last run that archived anything.
    package private(set) var lastNonzeroRun: Timestamp?
    /// How many runs have failed since the last success.
    package private(set) var consecutiveFailures = 0

    package init() {}

    /// Takes in the next run; runs have to come in order.
    package mutating func absorb(_ run: Run, success: SuccessRule) {
        lastRun = run
        if success.covers(run.result) {
            lastSuccess = run.knownCompletion ?? lastSuccess
            consecutiveFailures = 0
        } else {
            consecutiveFailures += 1
        }
        if let items = run.itemsArchived, items > 0 {
            lastNonzeroRun = run.knownCompletion ?? lastNonzeroRun
        }
    }
}

/// Which results count as success.
package struct SuccessRule: Sendable, Hashable {
    /// Whether `completedWithErrors` counts too: one unreadable mail makes a whole run that.
    package var includesCompletedWithErrors: Bool

    package init(includesCompletedWithErrors: Bool) {
        self.includesCompletedWithErrors = includesCompletedWithErrors
    }

    package func covers(_ result: String) -> Bool {
        switch result {
        case "succeeded", "completedWithWarnings": true
        case "completedWithErrors": includesCompletedWithErrors
        default: false
        }
    }
}
