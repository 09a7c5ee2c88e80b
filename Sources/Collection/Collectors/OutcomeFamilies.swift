import Configuration
package import Exposition
package import Ledger
import MailStoreAPI
import PlainText

/// The families that jobs, profiles and verifications have in common, each under its own prefix.
package struct OutcomeFamilies: Sendable {
    /// A gauge that is computed from the runs alone.
    package struct Gauge: Sendable {
        package let family: FamilyDescriptor
        /// `nil` if there is no value.
        package let value: @Sendable (OutcomeSummary) -> Double?
    }

    package let lastResult: FamilyDescriptor
    /// The gauges that are computed from the runs, in page order.
    package let gauges: [Gauge]
    private let expectedInterval: FamilyDescriptor
    /// The values of the label `result` that are present from the start.
    package let states: [String]

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
        let lastStart = gauge(
            "last_start_timestamp_seconds", unit: "seconds",
            "When the last finished run started, in seconds since 1970.")
        let lastCompletion = gauge(
            "last_completion_timestamp_seconds", unit: "seconds",
            "When the last finished run completed, in seconds since 1970.")
        let lastSuccess = gauge(
            "last_success_timestamp_seconds", unit: "seconds",
            "When the last successful run completed, in seconds since 1970; absent until there is one.")
        let lastFailure = gauge(
            "last_failure_timestamp_seconds", unit: "seconds",
            "When the last run that did not succeed completed, in seconds since 1970; absent until there is one.")
        let lastDuration = gauge("last_duration_seconds", unit: "seconds", "Duration of the last finished run.")
        let failures = gauge(
            "consecutive_failures", "Runs that finished without success since the last successful run.")
        let countedFailures = Gauge(family: failures) { Double($0.consecutiveFailures) }
        gauges =
            [
                Gauge(family: lastStart) { $0.lastRun?.knownStart?.secondsSince1970 },
                Gauge(family: lastCompletion) { $0.lastRun?.knownCompletion?.secondsSince1970 },
                Gauge(family: lastSuccess) { $0.lastSuccess?.secondsSince1970 },
                Gauge(family: lastFailure) { $0.lastFailure?.secondsSince1970 },
                Gauge(family: lastDuration) { $0.lastRun?.duration },
            ] + (countsFailures ? [countedFailures] : [])
        expectedInterval = gauge(
            "expected_interval_seconds", unit: "seconds",
            "The longest expected time between runs; absent if no run is expected.")
    }

    /// The families, in page order.
    var all: [FamilyDescriptor] {
        [lastResult] + gauges.map(\.family) + [expectedInterval]
    }

    /// Writes the known values; a job, profile or store without a run has no series about a last run.
    ///
    /// - Parameter expected: In seconds.
    func write(
        _ summary: OutcomeSummary?, expected: Double?, _ labels: [(String, String)], to samples: inout SampleWriter
    ) {
        samples.add(expectedInterval, labels, expected)
        guard let summary else { return }
        samples.addStates(lastResult, labels, states, current: summary.lastRun?.result)
        for gauge in gauges { samples.add(gauge.family, labels, gauge.value(summary)) }
    }
}

/// How often the jobs and profiles of a target are expected to run; the configuration overrides the server.
struct Expectations: Sendable {
    var configured: ExpectedIntervals
    /// For profiles that the server runs automatically.
    var automaticProfile: ExpectedInterval

    /// A job's interval comes from its schedule; a disabled job is not expected to run.
    ///
    /// Only an explicit "no" counts as disabled: a job must stay monitored if the server does not send the field.
    func interval(of job: Job) -> Duration? {
        guard job.enabled != false else { return nil }
        guard let configured = configured.job(id: job.id, name: job.name) else { return job.schedule.expectedInterval }
        return configured.duration
    }

    func interval(of profile: Profile) -> Duration? {
        if let configured = configured.profile(id: profile.id, name: profile.name) { return configured.duration }
        return profile.automatic == true ? automaticProfile.duration : nil
    }
}

extension ExpectedInterval {
    fileprivate var duration: Duration? {
        switch self {
        case .every(let interval): interval.duration
        case .off: nil
        }
    }
}
