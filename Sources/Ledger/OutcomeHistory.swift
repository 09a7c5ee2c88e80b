package import OperatingSystem

/// The runs of one job, profile or store, each counted exactly once.
///
/// The ids of runs newer than a *horizon* are kept, so that adding the same runs in any chunks, in any order and any
/// number of times gives the same totals. Runs older than the horizon, which no reading requests again, are settled:
/// their ids are dropped, and only their summary is kept.
package struct OutcomeHistory: Sendable, Hashable, Codable {
    /// The total of runs by result.
    package private(set) var totals: [String: Int] = [:]
    /// The total of archived items.
    package private(set) var itemsArchived: Int64 = 0

    private var settled = OutcomeSummary()
    /// The newest settled runs; absent from files of older versions.
    private var past: PastRuns?
    private var recent: [String: Run] = [:]

    package init() {}

    /// Whether there are runs that are not settled yet.
    var hasRecentRuns: Bool { !recent.isEmpty }

    /// The runs newer than the horizon, in no particular order.
    package var recentRuns: some Sequence<Run> { recent.values }

    /// Whether a run with this id was counted and is not settled yet.
    package func remembers(_ id: String) -> Bool { recent[id] != nil }

    /// Counts a run, unless it was counted before; returns whether it was new.
    ///
    /// A run older than the horizon is treated as counted.
    mutating func fold(_ run: Run, horizon: Timestamp?) -> Bool {
        if let horizon, let instant = run.instant, instant < horizon { return false }
        guard !remembers(run.id) else { return false }
        count(run)
        return true
    }

    /// Counts a run that is known not to have been counted before.
    package mutating func count(_ run: Run) {
        recent[run.id] = run
        past?.keep(beside: recent.count)
        totals[run.result, default: 0] += 1
        // Saturates: a counter must not turn negative because of an absurd reply.
        let (sum, isTooLarge) = itemsArchived.addingReportingOverflow(max(0, run.itemsArchived ?? 0))
        itemsArchived = isTooLarge ? .max : sum
    }

    /// Drops the ids of the runs before the horizon and keeps their summary.
    ///
    /// The id of a run without times is never dropped, because it is unknown when readings stop returning the run.
    mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        let old = recent.values.filter { run in run.instant.map { $0 < horizon } ?? false }
        guard !old.isEmpty else { return }
        var past = past ?? PastRuns()
        for run in old.sorted(by: Run.isBefore) {
            settled.absorb(run, success: success)
            past.append(run)
            recent[run.id] = nil
        }
        past.keep(beside: recent.count)
        self.past = past
    }

    /// The newest runs whose time is known, the oldest first: at most ``PastRuns/limit``.
    package var lastRuns: [PastRun] {
        let ordered = recent.values.filter { $0.instant != nil }.sorted(by: Run.isBefore).suffix(PastRuns.limit)
        return ((past?.runs ?? []) + ordered.map { PastRun($0) }).suffix(PastRuns.limit)
    }

    /// The summary of all runs; those without times cannot be ordered and are left out.
    package func summary(success: SuccessRule) -> OutcomeSummary {
        var summary = settled
        let ordered = recent.values.filter { $0.instant != nil }.sorted(by: Run.isBefore)
        for run in ordered { summary.absorb(run, success: success) }
        return summary
    }
}

/// The current state of one job, profile or store, computed from its runs in order.
package struct OutcomeSummary: Sendable, Hashable, Codable {
    package private(set) var lastRun: Run?
    /// The completion of the last run that succeeded.
    package private(set) var lastSuccess: Timestamp?
    /// The completion of the last run that archived anything.
    package private(set) var lastNonzeroRun: Timestamp?
    /// How many runs have ended without success since the last success.
    package private(set) var consecutiveFailures = 0

    package init() {}

    /// Adds the next run; runs have to come in order.
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
    /// Whether `completedWithErrors` counts too: a single unreadable mail gives the whole run this result.
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
