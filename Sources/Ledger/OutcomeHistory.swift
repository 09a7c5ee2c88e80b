package import OperatingSystem

/// The runs of one job, profile or store, folded so that each is counted exactly once.
///
/// Runs newer than a *horizon* are kept by their ids, so that folding the same runs in any chunks, in any order and any
/// number of times gives the same totals. Runs older than the horizon, which no reading asks for again, are settled:
/// their ids are forgotten and what they amount to is kept.
package struct OutcomeHistory: Sendable, Hashable, Codable {
    /// Runs by result, ever.
    package private(set) var totals: [String: Int] = [:]
    /// Items archived, ever.
    package private(set) var itemsArchived: Int64 = 0

    package init() {}
    private var settled = OutcomeSummary()
    /// The newest of the settled runs; absent from files of older versions.
    private var past: PastRuns?
    private var recent: [String: Run] = [:]

    /// Whether there are runs whose ids are still needed.
    var hasRecentRuns: Bool { !recent.isEmpty }

    /// The runs newer than the horizon, in no order.
    package var recentRuns: some Sequence<Run> { recent.values }

    /// Whether a run of this id was counted and is not settled yet.
    package func remembers(_ id: String) -> Bool { recent[id] != nil }

    /// Counts a run, unless it was counted before; says whether it was new.
    ///
    /// A run older than the horizon counts as seen.
    package mutating func fold(_ run: Run, horizon: Timestamp?) -> Bool {
        if let horizon, let instant = run.instant, instant < horizon { return false }
        guard !remembers(run.id) else { return false }
        count(run)
        return true
    }

    /// Counts a run of which it is known that it was not counted before.
    package mutating func count(_ run: Run) {
        recent[run.id] = run
        past?.keep(beside: recent.count)
        totals[run.result, default: 0] += 1
        // Held at the end of the range: a counter must not turn negative over an absurd reply.
        let (sum, isTooLarge) = itemsArchived.addingReportingOverflow(max(0, run.itemsArchived ?? 0))
        itemsArchived = isTooLarge ? .max : sum
    }

    /// Forgets the ids of the runs before the horizon and keeps what they amount to.
    ///
    /// The id of a run without times is never forgotten: nothing tells when readings stop meeting it.
    package mutating func settle(before horizon: Timestamp, success: SuccessRule) {
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

    /// The newest runs whose place in time is known, the oldest first: at most ``PastRuns/limit``.
    package var lastRuns: [PastRun] {
        let ordered = recent.values.filter { $0.instant != nil }.sorted(by: Run.isBefore).suffix(PastRuns.limit)
        return ((past?.runs ?? []) + ordered.map { PastRun($0) }).suffix(PastRuns.limit)
    }

    /// What all runs amount to; those without times have no place in their order.
    package func summary(success: SuccessRule) -> OutcomeSummary {
        var summary = settled
        let ordered = recent.values.filter { $0.instant != nil }.sorted(by: Run.isBefore)
        for run in ordered { summary.absorb(run, success: success) }
        return summary
    }
}
