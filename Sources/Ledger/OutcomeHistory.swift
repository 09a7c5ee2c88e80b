package import OperatingSystem

/// The runs of one job, profile or store, each counted exactly once.
///
/// The ids of runs newer than a *horizon* are kept, so that adding the same runs in any chunks, in any order and any
/// number of times gives the same totals. Runs that completed before the horizon are settled: their ids are dropped, and
/// only their summary is kept.
///
/// A known id with another start is another run: a server whose database was restored or set up anew uses ids again.
package struct OutcomeHistory: Sendable, Hashable, Codable {
    /// The total of runs by result.
    package private(set) var totals: [String: Int] = [:]
    /// The total of archived items.
    package private(set) var itemsArchived: Int64 = 0

    private(set) var settled = OutcomeSummary()
    /// The newest settled runs; absent from files of older versions.
    private(set) var past: PastRuns?
    private(set) var recent = RunTable()
    /// The runs of another thing that had the same id: known, and not counted here.
    private(set) var former: RunTable?
    /// The highest number among the ids of settled runs; absent from files of older versions.
    private(set) var highestSettledID: Int64?

    package init() {}

    /// A history as it was saved.
    init(
        totals: [String: Int], itemsArchived: Int64, settled: OutcomeSummary, past: PastRuns?, recent: RunTable,
        former: RunTable, highestSettledID: Int64?
    ) {
        self.totals = totals
        self.itemsArchived = itemsArchived
        self.settled = settled
        self.past = past
        self.recent = recent
        self.former = Self.nonEmpty(former)
        self.highestSettledID = highestSettledID
    }

    /// Whether there are runs that are not settled yet.
    var hasRecentRuns: Bool { !recent.isEmpty || former != nil }

    /// The runs newer than the horizon, in no particular order.
    package var recentRuns: some Sequence<Run> { recent.runs }

    /// Whether this run was counted and is not settled yet.
    package func remembers(_ run: Run) -> Bool { key(of: run, in: recent) != nil }

    /// Whether an id that a run has was seen before, here or for another thing with the id of this one.
    func knowsID(of run: Run) -> Bool { recent[run.id] != nil || former?[run.id] != nil }

    /// What became of a reported run.
    enum Folding: Equatable {
        /// It was counted before.
        case known
        case new
        /// It was counted before it had an end.
        case completed
        /// It was counted before it had an end, with another result, and counts for this one too.
        case changed
    }

    /// Counts a run, unless it was counted before.
    ///
    /// - Parameter horizon: A run older than it is treated as counted.
    mutating func fold(_ run: Run, horizon: Timestamp?) -> Folding {
        if let horizon, let instant = run.place ?? run.recorded, instant < horizon { return .known }
        if let key = key(of: run, in: recent) { return complete(key, with: run) }
        if let former, key(of: run, in: former) != nil { return .known }
        count(run)
        return .new
    }

    private func key(of run: Run, in runs: RunTable) -> String? {
        // Nearly always the id leads to the run. Shifted times matter only where it leads to one with another start.
        let first = runs[run.id]
        if first?.isSame(as: run) == true { return run.id }
        return run.keys(withShifts: first != nil).first { runs[$0]?.isSame(as: run) ?? false }
    }

    /// Takes over the end of a run that was reported without one before.
    ///
    /// Counters never decrease. If the result is another one than before, the run counts for both: a failure must be
    /// counted, and whoever reads the counters has seen the result of before. Only items beyond those of before are added.
    private mutating func complete(_ key: String, with run: Run) -> Folding {
        guard let counted = recent[key], counted.completion == nil, counted.isDoubted != true, run.completion != nil
        else { return .known }
        recent[key] = run
        add(items: max(0, run.itemsArchived ?? 0) - max(0, counted.itemsArchived ?? 0))
        guard run.result != counted.result else { return .completed }
        totals[run.result, default: 0] += 1
        return .changed
    }

    /// Counts a run that is known not to have been counted before.
    package mutating func count(_ run: Run) {
        let key = recent[run.id] == nil ? run.id : run.keys(withShifts: false).first { recent[$0] == nil }
        recent[key ?? run.id] = run
        past?.keep(beside: recent.count)
        totals[run.result, default: 0] += 1
        add(items: run.itemsArchived)
    }

    /// Saturates: a counter must not turn negative because of an absurd reply.
    private mutating func add(items: Int64?) {
        let (sum, isTooLarge) = itemsArchived.addingReportingOverflow(max(0, items ?? 0))
        itemsArchived = isTooLarge ? .max : sum
    }

    /// Begins to count for another thing that has been given this one's id: nothing is inherited.
    ///
    /// The runs of the former thing stay known, because readings return them for a while.
    mutating func startAfresh() {
        var history = OutcomeHistory()
        var known = former ?? RunTable()
        for (key, run) in recent.elements { known[key] = run }
        history.former = Self.nonEmpty(known)
        history.highestSettledID = highestSettledID
        self = history
    }

    /// Ceases to believe times after `latest`, which were believed while the server's clock was ahead.
    ///
    /// - Returns: How many times are not believed any more.
    mutating func disbelieve(after latest: Timestamp) -> Int {
        guard hasTimes(after: latest) else { return 0 }
        var count = 0
        recent.change(where: { _ in true }) { count += $0.disbelieve(after: latest) }
        return count
    }

    /// Whether a run may have a time after `latest` that is believed.
    func hasTimes(after latest: Timestamp) -> Bool { recent.latest > latest }

    /// The highest number among the ids of settled runs.
    var highestSettled: Int64? { highestSettledID ?? settled.lastRun.flatMap { Int64($0.id) } }

    /// The highest number among the ids of all runs, without those whose clock was set back.
    var highestID: Int64? {
        (recent.runs.filter { $0.place == nil }.compactMap { Int64($0.id) } + [highestSettled].compactMap { $0 })
            .max()
    }

    /// How many runs are known beside the settled ones.
    var rememberedCount: Int { recent.count + (former?.count ?? 0) }

    /// The newest time that the server recorded of a run which readings may return; without times in the future.
    var newestKnownRun: Timestamp? {
        [recent, former ?? RunTable()].flatMap(\.runs).compactMap { $0.isDoubted == true ? nil : $0.recorded }.max()
    }

    func counted(withKey key: String) -> Run? { recent[key] }

    /// Drops the ids of the runs before the horizon and keeps their summary.
    ///
    /// The id of a run without times is never dropped, because it is unknown when readings stop returning the run.
    ///
    /// - Returns: The dropped ids that are numbers.
    @discardableResult
    mutating func settle(before horizon: Timestamp, success: SuccessRule) -> [Int64] {
        guard hasRuns(before: horizon) else { return [] }
        func isOld(_ run: Run) -> Bool { (run.place ?? run.recorded).map { $0 < horizon } ?? false }
        let oldFormer = former?.remove(where: isOld) ?? []
        former = former.flatMap(Self.nonEmpty)
        let old = recent.remove(where: isOld)
        let ids = (old + oldFormer).compactMap { Int64($0.id) }
        guard !old.isEmpty else { return ids }
        highestSettledID = (old.compactMap { Int64($0.id) } + [highestSettled].compactMap { $0 }).max()
        var past = past ?? PastRuns()
        for run in old.sorted(by: Run.isBefore) where run.instant != nil {
            settled.absorb(run, success: success)
            past.append(run)
        }
        past.keep(beside: recent.count)
        self.past = past
        return ids
    }

    /// Whether there may be runs before a horizon.
    func hasRuns(before horizon: Timestamp) -> Bool {
        min(recent.earliest, former?.earliest ?? recent.earliest) < horizon
    }

    private static func nonEmpty(_ runs: RunTable) -> RunTable? { runs.isEmpty ? nil : runs }

    /// Whether no number in it is impossible, as only a damaged file contains it.
    var isPlausible: Bool {
        totals.values.allSatisfy(Self.plausibleCounts.contains) && itemsArchived >= 0
            && Self.plausibleCounts.contains(settled.consecutiveFailures)
    }

    /// Counts of runs: one that no server can reach would overflow at the next run.
    static let plausibleCounts = 0...1 << 53

    /// The newest runs whose time is known, the oldest first: at most ``PastRuns/limit``.
    package var lastRuns: [PastRun] {
        let ordered = recent.runs.filter { $0.instant != nil }.sorted(by: Run.isBefore).suffix(PastRuns.limit)
        return ((past?.runs ?? []) + ordered.map { PastRun($0) }).suffix(PastRuns.limit)
    }

    /// The summary of all runs; those without times cannot be ordered and are left out.
    package func summary(success: SuccessRule) -> OutcomeSummary {
        // Not sorted: that would be most of the work of a page, and only the last run of each kind matters.
        var last, lastSuccess, lastKnownSuccess, lastKnownFailure, lastNonzero: Run?
        func isLater(_ run: Run, than other: Run?) -> Bool { other.map { Run.isBefore($0, run) } ?? true }
        for run in recent.runs where run.instant != nil {
            if isLater(run, than: last) { last = run }
            let isKnown = run.knownCompletion != nil
            if success.covers(run.result) {
                if isLater(run, than: lastSuccess) { lastSuccess = run }
                if isKnown, isLater(run, than: lastKnownSuccess) { lastKnownSuccess = run }
            } else if isKnown, isLater(run, than: lastKnownFailure) {
                lastKnownFailure = run
            }
            if isKnown, run.itemsArchived ?? 0 > 0, isLater(run, than: lastNonzero) { lastNonzero = run }
        }
        var summary = settled
        summary.lastFailure = lastKnownFailure?.knownCompletion ?? settled.knownFailure(success)
        summary.lastRun = last ?? summary.lastRun
        summary.lastSuccess = lastKnownSuccess?.knownCompletion ?? summary.lastSuccess
        summary.lastNonzeroRun = lastNonzero?.knownCompletion ?? summary.lastNonzeroRun
        let failures = recent.runs.count { run in
            run.instant != nil && !success.covers(run.result) && isLater(run, than: lastSuccess)
        }
        summary.consecutiveFailures = failures + (lastSuccess == nil ? summary.consecutiveFailures : 0)
        return summary
    }
}

/// The current state of one job, profile or store, computed from its runs in order.
package struct OutcomeSummary: Sendable, Hashable, Codable {
    package internal(set) var lastRun: Run?
    /// The completion of the last run that succeeded.
    package internal(set) var lastSuccess: Timestamp?
    /// The completion of the last run that did not succeed, whatever came after.
    package internal(set) var lastFailure: Timestamp?
    /// The completion of the last run that archived anything.
    package internal(set) var lastNonzeroRun: Timestamp?
    /// How many runs have ended without success since the last success.
    package internal(set) var consecutiveFailures = 0

    package init() {}

    /// Adds the next run; runs have to come in order.
    package mutating func absorb(_ run: Run, success: SuccessRule) {
        lastFailure = knownFailure(success)
        lastRun = run
        if success.covers(run.result) {
            lastSuccess = run.knownCompletion ?? lastSuccess
            consecutiveFailures = 0
        } else {
            lastFailure = run.knownCompletion ?? lastFailure
            consecutiveFailures += 1
        }
        if let items = run.itemsArchived, items > 0 {
            lastNonzeroRun = run.knownCompletion ?? lastNonzeroRun
        }
    }

    /// The last failure; older versions kept none, so then it is known only if it was the last run.
    func knownFailure(_ success: SuccessRule) -> Timestamp? {
        lastFailure ?? lastRun.flatMap { success.covers($0.result) ? nil : $0.knownCompletion }
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
