import Exposition

/// The families that jobs, profiles and verifications have in common, each under its own prefix.
struct OutcomeFamilies: Sendable {
    private let lastResult: FamilyDescriptor
    private let lastStart: FamilyDescriptor
    private let lastCompletion: FamilyDescriptor
    private let lastSuccess: FamilyDescriptor
    private let lastDuration: FamilyDescriptor
    private let consecutiveFailures: FamilyDescriptor?
    private let expectedInterval: FamilyDescriptor
    private let states: [String]

    /// - Parameter kind: `job`, `profile` or `verification`.
    init(
        of kind: String, labels: [String], group: String, states: [String] = ResultVocabulary.runs,
        countsFailures: Bool = true
    ) {
        func gauge(_ name: String, unit: String? = nil, _ help: String) -> FamilyDescriptor {
            FamilyDescriptor(
                "mailstore_\(kind)_\(name)", .gauge, unit: unit, help: help, labels: labels, group: group)
        }
        self.states = states
        lastResult = FamilyDescriptor(
            "mailstore_\(kind)_last_result", .stateset, help: "The result of the last finished run.", labels: labels,
            stateLabel: "result", group: group)
        lastStart = gauge(
            "last_start_timestamp_seconds", unit: "seconds",
            "When the last finished run began, in seconds since 1970.")
        lastCompletion = gauge(
            "last_completion_timestamp_seconds", unit: "seconds",
            "When the last finished run was completed, in seconds since 1970.")
        lastSuccess = gauge(
            "last_success_timestamp_seconds", unit: "seconds",
            "When the last successful run was completed, in seconds since 1970; absent until there is one.")
        lastDuration = gauge("last_duration_seconds", unit: "seconds", "How long the last finished run took.")
        consecutiveFailures =
            countsFailures
            ? gauge("consecutive_failures", "Finished runs without success since the last successful one.") : nil
        expectedInterval = gauge(
            "expected_interval_seconds", unit: "seconds",
            "How often a run is expected at least; absent where none is expected.")
    }

    /// The families, in page order.
    var all: [FamilyDescriptor] {
        [lastResult, lastStart, lastCompletion, lastSuccess, lastDuration] + [consecutiveFailures].compactMap { $0 }
            + [expectedInterval]
    }

    /// Writes what is known; what never ran has no last run.
    func write(
        _ summary: OutcomeSummary?, expected: Duration?, _ labels: [(String, String)], to samples: inout SampleWriter
    ) {
        samples.add(expectedInterval, labels, expected?.inSeconds)
        guard let summary else { return }
        let lastRun = summary.lastRun
        samples.addStates(lastResult, labels, states, current: lastRun?.result)
        samples.add(lastStart, labels, lastRun?.knownStart?.secondsSince1970)
        samples.add(lastCompletion, labels, lastRun?.knownCompletion?.secondsSince1970)
        samples.add(lastSuccess, labels, summary.lastSuccess?.secondsSince1970)
        samples.add(lastDuration, labels, lastRun?.duration)
        if let consecutiveFailures {
            samples.add(consecutiveFailures, labels, Int64(summary.consecutiveFailures))
        }
    }
}
