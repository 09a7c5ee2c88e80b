import Ledger
import OperatingSystem

/// The past of one target, as far as its server told it.
struct TargetHistory: Sendable {
    var target: String
    var success: SuccessRule
    /// `nil` where the target's jobs are not collected, or not offered.
    var jobs: Part?
    var profiles: Part?
    var verifications: Part?

    /// The past of all jobs, all profiles or all stores.
    struct Part: Sendable {
        var things: [HistoryThing]
        var moments: HistoryMoments
    }
}

/// One job, profile or store, and its finished runs.
struct HistoryThing: Sendable {
    /// Those of the page, without target and result.
    var labels: [(String, String)]
    /// Whether the server still lists it; what it does not list has no series after its last run.
    var isListed: Bool
    /// In their order, each with whether the exporter's own counting covers it.
    var runs: [(run: Run, isCounted: Bool)]

    /// - Parameters:
    ///   - history: All runs.
    ///   - counted: Those of them that the exporter's own counting covers.
    init(
        labels: [(String, String)], isListed: Bool = true, _ history: OutcomeHistory, counted: OutcomeHistory?
    ) {
        self.labels = labels
        self.isListed = isListed
        runs = history.recentRuns.sorted(by: Run.isBefore).map { ($0, counted?.remembers($0.id) ?? false) }
    }
}

extension HistoryThing {
    /// Goes through the moments from before the first run on, with what was counted by each.
    ///
    /// - Parameter body: Given the place of the moment and the counts; it must not keep them, since a copy of the counts
    ///   would be copied again at the next run.
    func replayCounts(at moments: HistoryMoments, _ body: (Int, borrowing OutcomeHistory) -> Void) {
        guard let places = places(in: moments) else { return }
        let none = OutcomeHistory()
        var before = OutcomeHistory()
        var counted = OutcomeHistory()
        var next = 0
        var start = places.lowerBound
        // What the server told of before the seam is counted there, even where it ended later.
        if let full = moments.lastBeforeSeam, runs.contains(where: { !$0.isCounted }) { start = min(start, full) }
        for place in max(0, start - 1)...places.upperBound {
            let now = Double(moments.times[place])
            while next < runs.count, runs[next].run.instant?.secondsSince1970 ?? -.infinity <= now {
                if runs[next].isCounted {
                    counted.count(runs[next].run)
                } else {
                    before.count(runs[next].run)
                }
                next += 1
            }
            if place == moments.lastBeforeSeam {
                // A server that goes by the start of runs tells of these before the seam.
                for late in runs[next...] where !late.isCounted { before.count(late.run) }
            }
            if moments.zeros.contains(place) {
                body(place, none)
            } else if let seam = moments.seam, place >= seam {
                body(place, counted)
            } else {
                body(place, before)
            }
        }
    }

    /// Goes through the moments from the first run on, with what the runs amounted to at each.
    func replaySummaries(
        at moments: HistoryMoments, success: SuccessRule, _ body: (Int, OutcomeSummary) -> Void
    ) {
        guard let places = places(in: moments) else { return }
        var summary = OutcomeSummary()
        var next = 0
        for place in places {
            let now = Double(moments.times[place])
            while next < runs.count, runs[next].run.instant?.secondsSince1970 ?? -.infinity <= now {
                // Runs without times have no place in the order.
                if runs[next].run.instant != nil { summary.absorb(runs[next].run, success: success) }
                next += 1
            }
            if summary.lastRun != nil { body(place, summary) }
        }
    }

    /// At how many moments it has a value, or one more, or fewer where a value is unknown.
    func sampledMoments(of moments: HistoryMoments) -> Int {
        places(in: moments)?.count ?? 0
    }

    /// From the first run on, to the end or, for what is gone, to its last run.
    private func places(in moments: HistoryMoments) -> ClosedRange<Int>? {
        guard let first = runs.first?.run, let last = runs.last?.run,
            let start = first.instant.map({ moments.index(atOrAfter: $0) }) ?? 0
        else { return nil }
        let end = moments.times.count - 1
        guard !isListed else { return start...end }
        return start...max(start, last.instant.flatMap { moments.index(atOrAfter: $0) } ?? end)
    }
}

/// The moments at which the past is sampled: a grid, and the few that counting needs besides.
///
/// Where the exporter has a ledger there is a *seam*: what ended before it was never counted by the exporter, what ended
/// after it is in its counters already. Counters are brought to their full height just before the seam and set back to 0
/// at it, so that Prometheus sees a reset, and what they then grow to is what the exporter serves.
struct HistoryMoments: Sendable, Equatable {
    /// Seconds since 1970, rising.
    let times: [Int64]
    /// The place of the last moment before the seam, where counters reach their full height; `nil` where there is none.
    let lastBeforeSeam: Int?
    /// The first place at which the exporter's own counting is in force.
    let seam: Int?
    /// The places where counters are 0.
    let zeros: Set<Int>

    /// - Parameters:
    ///   - since: The first moment; moved down to the grid.
    ///   - until: The last moment.
    ///   - step: The distance of the grid's lines, in seconds; they are multiples of it since 1970.
    ///   - beginning: Where the exporter's counting begins; `nil` where it has not begun.
    init(since: Timestamp, until: Timestamp, step: Int64, beginning: Timestamp?) {
        let first = Self.start(since, step: step)
        let last = max(first, Int64(until.secondsSince1970.rounded(.down)))
        var all = Set(stride(from: first, through: last, by: Int64.Stride(step)))
        all.insert(last)
        let cut = beginning.map { Int64($0.secondsSince1970.rounded(.up)) }
        if let cut, cut > first, cut <= last { all.formUnion([cut - 1, cut]) }
        let times = all.sorted()
        self.times = times
        guard let cut, cut <= last else {
            lastBeforeSeam = nil
            seam = nil
            zeros = [0]
            return
        }
        let seam = times.firstIndex { $0 >= cut } ?? 0
        self.seam = seam
        lastBeforeSeam = seam > 0 ? seam - 1 : nil
        var zeros: Set<Int> = []
        // Where the first moment is the last before the seam too, full height matters more.
        if seam > 1 { zeros.insert(0) }
        // A beginning before the first moment leaves counters at what they had come to by then.
        if times[seam] == cut { zeros.insert(seam) }
        self.zeros = zeros
    }

    /// The first moment: the line of the grid at or before.
    static func start(_ since: Timestamp, step: Int64) -> Int64 {
        Int64((since.secondsSince1970 / Double(step)).rounded(.down)) * step
    }

    /// The place of the first moment at or after an instant; `nil` where the last one is before it.
    func index(atOrAfter instant: Timestamp) -> Int? {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(times[middle]) < instant.secondsSince1970 { low = middle + 1 } else { high = middle }
        }
        return low < times.count ? low : nil
    }
}
