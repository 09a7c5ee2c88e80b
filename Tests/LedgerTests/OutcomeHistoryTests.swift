import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("The history of one job or profile")
struct OutcomeHistoryTests {
    private let success = SuccessRule(includesCompletedWithErrors: false)

    private func timeless(_ id: String, _ result: String = "failed") -> Run {
        Run(
            id: id, start: nil, completion: nil, result: result, itemsArchived: 2, verifies: nil, isApproximate: nil)
    }

    @Test("a run is new once")
    func newOnce() {
        var history = OutcomeHistory()
        let run = LedgerExample.run("1", completed: 1)
        let folded = [history.fold(run, horizon: nil), history.fold(run, horizon: nil)]
        #expect(folded == [.new, .known])
        #expect(history.totals == ["succeeded": 1])
    }

    @Test("a run at the horizon is still counted and remembered; one just before it is not")
    func atTheHorizon() {
        var history = OutcomeHistory()
        let horizon = LedgerExample.time(5)
        let folded = [
            history.fold(LedgerExample.run("at", completed: 5), horizon: horizon),
            history.fold(LedgerExample.run("before", completed: 4.999), horizon: horizon),
        ]
        #expect(folded == [.new, .known])
        history.settle(before: horizon, success: success)
        #expect(history.remembers(LedgerExample.run("at", completed: 5)))
    }

    @Test("settled ids are forgotten, and what they amount to is kept")
    func settles() {
        var history = OutcomeHistory()
        history.count(LedgerExample.run("1", completed: 1, "failed", items: 4))
        history.count(LedgerExample.run("2", completed: 9, "failed", items: 5))
        history.settle(before: LedgerExample.time(2), success: success)
        #expect(!history.remembers(LedgerExample.run("1", completed: 1)))
        #expect(history.remembers(LedgerExample.run("2", completed: 9)))
        #expect(history.totals == ["failed": 2])
        #expect(history.itemsArchived == 9)
        #expect(history.summary(success: success).consecutiveFailures == 2)
    }

    @Test("a run without times is counted once, however often it is met and whatever is settled")
    func timelessRun() {
        var history = OutcomeHistory()
        for hour in 0..<5 {
            _ = history.fold(timeless("1"), horizon: LedgerExample.time(Double(hour)))
            history.settle(before: LedgerExample.time(Double(hour)), success: success)
        }
        #expect(history.totals == ["failed": 1])
    }

    @Test("a run without times has no place in the order, settled or not")
    func timelessRunHasNoPlace() {
        var history = OutcomeHistory()
        history.count(LedgerExample.run("1", completed: 1))
        history.count(timeless("2"))
        let before = history.summary(success: success)
        history.settle(before: LedgerExample.time(100), success: success)
        #expect(history.summary(success: success) == before)
        #expect(before.lastRun?.id == "1")
        #expect(before.consecutiveFailures == 0)
    }

    @Test("items that are too many for a number stop at its end; fewer than none are none")
    func absurdItems() {
        var history = OutcomeHistory()
        history.count(LedgerExample.run("1", completed: 1, items: .max))
        history.count(LedgerExample.run("2", completed: 2, items: .max))
        history.count(LedgerExample.run("3", completed: 3, items: .min))
        #expect(history.itemsArchived == .max)
    }
}

@Suite("What the runs of a job or profile amount to")
struct OutcomeSummaryTests {
    private let strict = SuccessRule(includesCompletedWithErrors: false)
    private let lenient = SuccessRule(includesCompletedWithErrors: true)

    /// Runs an hour apart, the first completed at hour 1, in a history that learns of them last first.
    private func history(_ results: [String], items: [Int64?] = []) -> OutcomeHistory {
        var history = OutcomeHistory()
        for index in results.indices.reversed() {
            let items = index < items.count ? items[index] : nil
            history.count(
                LedgerExample.run("\(index)", completed: Double(index + 1), results[index], items: items))
        }
        return history
    }

    @Test(
        "failures in a row are those since the last success",
        arguments: [
            (["failed", "failed"], 2), (["failed", "succeeded"], 0), (["succeeded", "failed"], 1),
            (["failed", "succeeded", "failed", "cancelled", "newWord"], 3), (["completedWithWarnings"], 0), ([], 0),
        ])
    func consecutiveFailures(results: [String], expected: Int) {
        #expect(history(results).summary(success: strict).consecutiveFailures == expected)
    }

    @Test(
        "success is succeeded, completedWithWarnings and, where it is asked for, completedWithErrors",
        arguments: ResultVocabulary.runs + ["other", "unknown", "Succeeded", "lost"])
    func successRule(result: String) {
        #expect(strict.covers(result) == ["succeeded", "completedWithWarnings"].contains(result))
        #expect(
            lenient.covers(result) == ["succeeded", "completedWithWarnings", "completedWithErrors"].contains(result))
    }

    @Test("the last success stays where it was while runs fail")
    func lastSuccess() {
        let summary = history(["succeeded", "completedWithErrors", "failed"]).summary(success: strict)
        #expect(summary.lastSuccess == LedgerExample.time(1))
        #expect(summary.lastRun?.result == "failed")
        let kind = history(["succeeded", "completedWithErrors", "failed"]).summary(success: lenient)
        #expect(kind.lastSuccess == LedgerExample.time(2))
    }

    @Test("what never ran, or never succeeded, has no last success")
    func noSuccess() {
        #expect(history([]).summary(success: strict).lastRun == nil)
        #expect(history(["failed"]).summary(success: strict).lastSuccess == nil)
    }

    @Test(
        "the last failure stays where it was after later successes, settled or not",
        arguments: [
            (["failed", "succeeded", "succeeded"], 1), (["failed", "lost", "completedWithWarnings"], 2),
            (["succeeded", "completedWithErrors"], 2), (["newWord", "succeeded"], 1), (["succeeded"], nil), ([], nil),
        ])
    func lastFailure(results: [String], hour: Double?) {
        var history = history(results)
        let expected = hour.map(LedgerExample.time)
        #expect(history.summary(success: strict).lastFailure == expected)
        for settled in 1...4 {
            history.settle(before: LedgerExample.time(Double(settled) + 0.5), success: strict)
            #expect(history.summary(success: strict).lastFailure == expected)
        }
        #expect(!history.hasRecentRuns)
    }

    @Test("where errors are success, a run with errors is no failure")
    func lenientFailure() {
        let history = history(["failed", "completedWithErrors"])
        #expect(history.summary(success: lenient).lastFailure == LedgerExample.time(1))
    }

    @Test("of a state that has no last failure, it is the newest settled run, if that failed")
    func olderState() {
        var summary = OutcomeSummary()
        summary.lastRun = LedgerExample.run("1", completed: 1, "failed")
        var history = OutcomeHistory(
            totals: ["failed": 1], itemsArchived: 0, settled: summary, past: nil, recent: RunTable(),
            former: RunTable(), highestSettledID: 1)
        for run in 2...3 {
            #expect(history.summary(success: strict).lastFailure == LedgerExample.time(1))
            history.count(LedgerExample.run("\(run)", completed: Double(run)))
            history.settle(before: LedgerExample.time(Double(run) + 0.5), success: strict)
        }
        #expect(history.summary(success: strict).lastFailure == LedgerExample.time(1))
    }

    @Test("the last run that archived anything is remembered, however it ended")
    func lastNonzeroRun() {
        let history = history(["succeeded", "failed", "succeeded", "succeeded"], items: [5, 7, 0, nil])
        #expect(history.summary(success: strict).lastNonzeroRun == LedgerExample.time(2))
        #expect(history.itemsArchived == 12)
    }

    @Test("of runs that ended in the same second, the one with the larger number is the last")
    func ties() {
        var history = OutcomeHistory()
        for id in ["10", "9", "100", "99"] { history.count(LedgerExample.run(id, completed: 1)) }
        #expect(history.summary(success: strict).lastRun?.id == "100")
    }

    @Test("times that are off by an unknown zone put runs in order, and are shown to nobody")
    func approximateTimes() {
        var early = LedgerExample.run("1", completed: 1, items: 3)
        early.isApproximate = true
        var late = LedgerExample.run("2", completed: 2, "failed")
        late.isApproximate = true
        var history = OutcomeHistory()
        history.count(late)
        history.count(early)
        let summary = history.summary(success: strict)
        #expect(summary.lastRun?.id == "2")
        #expect(summary.lastRun?.knownCompletion == nil && summary.lastRun?.knownStart == nil)
        #expect(summary.lastRun?.duration == 60)
        #expect(summary.lastSuccess == nil && summary.lastFailure == nil && summary.lastNonzeroRun == nil)
        #expect(summary.consecutiveFailures == 1)
    }

    @Test("a duration needs both times, in their order")
    func duration() {
        var run = LedgerExample.run("1", completed: 1)
        #expect(run.duration == 60)
        run.start = LedgerExample.time(2)
        #expect(run.duration == nil)
        run.start = nil
        #expect(run.duration == nil)
    }
}
