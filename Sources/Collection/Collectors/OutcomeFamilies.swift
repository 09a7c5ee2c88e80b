package import Exposition
package import Ledger
import PlainText

/// The families that jobs, profiles and verifications have in common, each under its own prefix.
package struct OutcomeFamilies: Sendable {
    /// A gauge that follows from the runs alone.
    package struct Gauge: Sendable {
        package let family: FamilyDescriptor
        /// `nil` where there is no value.
        package let value: @Sendable (OutcomeSummary) -> Double?
    }

    package let lastResult: FamilyDescriptor
    /// What the runs amount to, in page order.
    package let gauges: [Gauge]
    private let expectedInterval: FamilyDescriptor
    /// The values of the label `result` that are there from the start.
    package let states: [String]

    /// - Parameter kind: `job`, `profile` or `verification`.
    package init(
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
        let lastStart = gauge(
            "last_start_timestamp_seconds", unit: "seconds",
            "When the last finished run began, in seconds since 1970.")
        let lastCompletion = gauge(
            "last_completion_timestamp_seconds", unit: "seconds",
            "When the last finished run was completed, in seconds since 1970.")
        let lastSuccess = gauge(
            "last_success_timestamp_seconds", unit: "seconds",
            "When the last successful run was completed, in seconds since 1970; absent until there is one.")
        let lastDuration = gauge("last_duration_seconds", unit: "seconds", "How long the last finished run took.")
        let failures = gauge(
            "consecutive_failures", "Finished runs without success since the last successful one.")
        let countedFailures = Gauge(family: failures) { Double($0.consecutiveFailures) }
        gauges =
            [
                Gauge(family: lastStart) { $0.lastRun?.knownStart?.secondsSince1970 },
                Gauge(family: lastCompletion) { $0.lastRun?.knownCompletion?.secondsSince1970 },
                Gauge(family: lastSuccess) { $0.lastSuccess?.secondsSince1970 },
                Gauge(family: lastDuration) { $0.lastRun?.duration },
            ] + (countsFailures ? [countedFailures] : [])
        expectedInterval = gauge(
            "expected_interval_seconds", unit: "seconds",
            "How often a run is expected at least; absent where none is expected.")
    }

    /// The families, in page order.
    package var all: [FamilyDescriptor] {
        [lastResult] + gauges.map(\.family) + [expectedInterval]
    }

    /// Writes what is known; what never ran has no last run.
    package func write(
        _ summary: OutcomeSummary?, expected: Duration?, _ labels: [(String, String)], to samples: inout SampleWriter
    ) {
        samples.add(expectedInterval, labels, expected?.inSeconds)
        guard let summary else { return }
        samples.addStates(lastResult, labels, states, current: summary.lastRun?.result)
        for gauge in gauges { samples.add(gauge.family, labels, gauge.value(summary)) }
    }
}
