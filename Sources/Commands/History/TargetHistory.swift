import Ledger
import OperatingSystem

/// The past runs of one target.
struct TargetHistory: Sendable {
    var target: String
    var success: SuccessRule
    /// `nil` if the target's jobs are not collected, or the server does not offer them.
    var jobs: Part?
    var profiles: Part?
    var verifications: Part?

    /// All jobs, all profiles or all stores.
    struct Part: Sendable {
        var subjects: [HistorySubject]
        var times: SampleTimes
    }
}

/// One job, profile or store, and its finished runs.
struct HistorySubject: Sendable {
    /// The labels of its series, without `target` and `result`.
    var labels: [(String, String)]
    /// Whether the server still lists it; otherwise its series end with its last run.
    var isListed: Bool
    /// In chronological order, each with whether the exporter has counted it.
    var runs: [(run: Run, isCounted: Bool)]

    /// - Parameters:
    ///   - history: All runs.
    ///   - counted: Those of them that the exporter has counted.
    init(
        labels: [(String, String)], isListed: Bool = true, _ history: OutcomeHistory, counted: OutcomeHistory?
    ) {
        self.labels = labels
        self.isListed = isListed
        runs = history.recentRuns.sorted(by: Run.isBefore).map { ($0, counted?.remembers($0) ?? false) }
    }
}

extension HistorySubject {
    /// Goes through the sample times from the one before the first run on, with the counts at each.
    ///
    /// - Parameter body: Receives the index of the sample time and the counts. It must not keep the counts: a retained
    ///   copy would force another copy at the next run.
    func replayCounts(at times: SampleTimes, _ body: (Int, borrowing OutcomeHistory) -> Void) {
        guard let indices = indices(in: times) else { return }
        let none = OutcomeHistory()
        var before = OutcomeHistory()
        var counted = OutcomeHistory()
        var next = 0
        var start = indices.lowerBound
        // Runs that the server listed before the cutover are counted there, even if they ended later.
        if let full = times.lastBeforeCutover, runs.contains(where: { !$0.isCounted }) { start = min(start, full) }
        for index in max(0, start - 1)...indices.upperBound {
            let now = Double(times.seconds[index])
            while next < runs.count, runs[next].run.instant?.secondsSince1970 ?? -.infinity <= now {
                if runs[next].isCounted {
                    counted.count(runs[next].run)
                } else {
                    before.count(runs[next].run)
                }
                next += 1
            }
            if index == times.lastBeforeCutover {
                // A server that selects runs by their start lists these before the cutover.
                for late in runs[next...] where !late.isCounted { before.count(late.run) }
            }
            if times.zeros.contains(index) {
                body(index, none)
            } else if let cutover = times.cutover, index >= cutover {
                body(index, counted)
            } else {
                body(index, before)
            }
        }
    }

    /// Goes through the sample times from the first run on, with the summary of the runs at each.
    func replaySummaries(
        at times: SampleTimes, success: SuccessRule, _ body: (Int, OutcomeSummary) -> Void
    ) {
        guard let indices = indices(in: times) else { return }
        var summary = OutcomeSummary()
        var next = 0
        for index in indices {
            let now = Double(times.seconds[index])
            while next < runs.count, runs[next].run.instant?.secondsSince1970 ?? -.infinity <= now {
                // Runs without times cannot be ordered.
                if runs[next].run.instant != nil { summary.absorb(runs[next].run, success: success) }
                next += 1
            }
            if summary.lastRun != nil { body(index, summary) }
        }
    }

    /// The approximate number of samples of a series: a counter has one more, a value that is sometimes unknown fewer.
    func sampleCount(in times: SampleTimes) -> Int {
        indices(in: times)?.count ?? 0
    }

    /// The sample times from the first run to the end or, for what is no longer listed, to its last run.
    private func indices(in times: SampleTimes) -> ClosedRange<Int>? {
        guard let first = runs.first?.run, let last = runs.last?.run,
            let start = first.instant.map({ times.index(atOrAfter: $0) }) ?? 0
        else { return nil }
        let end = times.seconds.count - 1
        guard !isListed else { return start...end }
        return start...max(start, last.instant.flatMap { times.index(atOrAfter: $0) } ?? end)
    }
}

/// The times of the samples: a regular grid, and a few more that counters need.
///
/// If the exporter has a ledger, there is a *cutover*: the exporter has counted no runs that ended before it, and all
/// runs that ended after it. Counters reach their full value just before the cutover and are 0 at it, so that
/// Prometheus sees a reset; then they increase to the values that the exporter exports.
struct SampleTimes: Sendable, Equatable {
    /// Seconds since 1970, ascending.
    let seconds: [Int64]
    /// The index of the last time before the cutover, where counters reach their full value; `nil` if there is none.
    let lastBeforeCutover: Int?
    /// The first index at which the exporter's own counts apply.
    let cutover: Int?
    /// The indices where counters are 0.
    let zeros: Set<Int>

    /// - Parameters:
    ///   - since: The first time; rounded down to the grid.
    ///   - until: The last time.
    ///   - step: The step of the grid in seconds; its times are multiples of it since 1970.
    ///   - beginning: When the exporter began to count; `nil` if it has not counted.
    init(since: Timestamp, until: Timestamp, step: Int64, beginning: Timestamp?) {
        let first = Self.start(since, step: step)
        let last = max(first, Int64(until.secondsSince1970.rounded(.down)))
        var all = Set(stride(from: first, through: last, by: Int64.Stride(step)))
        all.insert(last)
        let cut = beginning.map { Int64($0.secondsSince1970.rounded(.up)) }
        if let cut, cut > first, cut <= last { all.formUnion([cut - 1, cut]) }
        seconds = all.sorted()
        guard let cut, cut <= last else {
            lastBeforeCutover = nil
            cutover = nil
            zeros = [0]
            return
        }
        let cutover = seconds.firstIndex { $0 >= cut } ?? 0
        self.cutover = cutover
        lastBeforeCutover = cutover > 0 ? cutover - 1 : nil
        var zeros: Set<Int> = []
        // If the first time is also the last before the cutover, the full value takes precedence.
        if cutover > 1 { zeros.insert(0) }
        // If the exporter began to count before the first time, counters begin with the values that they had by then.
        if seconds[cutover] == cut { zeros.insert(cutover) }
        self.zeros = zeros
    }

    /// The first time: the one of the grid at or before an instant.
    static func start(_ since: Timestamp, step: Int64) -> Int64 {
        Int64((since.secondsSince1970 / Double(step)).rounded(.down)) * step
    }

    /// The index of the first time at or after an instant; `nil` if the last one is before it.
    func index(atOrAfter instant: Timestamp) -> Int? {
        var (low, high) = (0, seconds.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(seconds[middle]) < instant.secondsSince1970 { low = middle + 1 } else { high = middle }
        }
        return low < seconds.count ? low : nil
    }
}
