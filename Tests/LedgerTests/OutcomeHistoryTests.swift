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
        let isNew = [history.fold(run, horizon: nil), history.fold(run, horizon: nil)]
        #expect(isNew == [true, false])
        #expect(history.totals == ["succeeded": 1])
    }

    @Test("a run at the horizon is still counted and remembered; one just before it is not")
    func atTheHorizon() {
        var history = OutcomeHistory()
        let horizon = LedgerExample.time(5)
        let isNew = [
            history.fold(LedgerExample.run("at", completed: 5), horizon: horizon),
            history.fold(LedgerExample.run("before", completed: 4.999), horizon: horizon),
        ]
        #expect(isNew == [true, false])
        history.settle(before: horizon, success: success)
        #expect(history.remembers("at"))
    }

    @Test("settled ids are forgotten, and what they amount to is kept")
    func settles() {
        var history = OutcomeHistory()
        history.count(LedgerExample.run("1", completed: 1, "failed", items: 4))
        history.count(LedgerExample.run("2", completed: 9, "failed", items: 5))
        history.settle(before: LedgerExample.time(2), success: success)
        #expect(!history.remembers("1") && history.remembers("2"))
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
