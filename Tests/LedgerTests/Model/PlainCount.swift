import TestSupport

@testable import Ledger

/// What a log amounts to, counted plainly with the whole log at hand: the oracle of the property tests.
struct PlainCount: Equatable, CustomStringConvertible {
    var totals: [String: Int] = [:]
    var items: Int64 = 0
    var lastRun: Int?
    var lastCompletion: Double?
    var lastSuccess: Double?
    var lastNonzeroRun: Double?
    var failuresInARow = 0

    /// - Parameter runs: the runs of one job, profile or store, in any order.
    init(of runs: [LoggedRun], errorsAreSuccess: Bool) {
        var successful: Set = ["succeeded", "completedWithWarnings"]
        if errorsAreSuccess { successful.insert("completedWithErrors") }
        let ordered = runs.sorted { left, right in
            (left.completion, left.start, left.number) < (right.completion, right.start, right.number)
        }
        totals = Dictionary(grouping: runs, by: \.result.counted).mapValues(\.count)
        items = runs.compactMap(\.items).reduce(0, +)
        lastRun = ordered.last?.number
        lastCompletion = ordered.last?.completion
        lastSuccess = ordered.last { successful.contains($0.result.counted) }?.completion
        lastNonzeroRun = ordered.last { ($0.items ?? 0) > 0 }?.completion
        failuresInARow = ordered.reversed().prefix { !successful.contains($0.result.counted) }.count
    }

    /// What the ledger says, in the same terms.
    init(_ history: OutcomeHistory?, success: SuccessRule) {
        guard let history else { return }
        let summary = history.summary(success: success)
        totals = history.totals
        items = history.itemsArchived
        lastRun = summary.lastRun.flatMap { Int($0.id) }
        lastCompletion = summary.lastRun?.completion?.secondsSince1970
        lastSuccess = summary.lastSuccess?.secondsSince1970
        lastNonzeroRun = summary.lastNonzeroRun?.secondsSince1970
        failuresInARow = summary.consecutiveFailures
    }

    /// Without what hangs on which of two runs that ended in the same second is called the last.
    var withoutTies: PlainCount {
        var count = self
        count.lastRun = nil
        count.failuresInARow = 0
        return count
    }

    var description: String {
        let totals = totals.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return "[\(totals)] items \(items), last run \(lastRun ?? -1) completed \(lastCompletion ?? -1), "
            + "last success \(lastSuccess ?? -1), last nonzero \(lastNonzeroRun ?? -1), failures \(failuresInARow)"
    }
}
