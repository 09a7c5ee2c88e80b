import Ledger

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
