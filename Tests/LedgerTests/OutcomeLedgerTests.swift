import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("Jobs and profiles come and go")
struct OutcomeLedgerTests {
    private let success = SuccessRule(includesCompletedWithErrors: false)
    private let listing = OutcomeLedger.Listing(
        id: "1", name: "Mail", action: "VerifyStore --id=4", expectedInterval: 60)

    /// A outcomes with one listed, settled run, whose last reading was at hour 0.
    private func outcomes() -> OutcomeLedger {
        var outcomes = OutcomeLedger()
        outcomes.list([listing])
        _ = outcomes.fold([LedgerExample.report(of: "1", LedgerExample.run("1", completed: -1))])
        outcomes.plan.wasRead(LedgerExample.window(-2, 1), at: LedgerExample.time(0))
        outcomes.settle(before: LedgerExample.time(0), success: success)
        return outcomes
    }

    @Test("the same id in two jobs is two runs")
    func idsRepeatAcrossJobs() {
        var outcomes = OutcomeLedger()
        let run = LedgerExample.run("1", completed: 1)
        let folded = outcomes.fold([LedgerExample.report(of: "1", run), LedgerExample.report(of: "2", run)])
        #expect(folded.newRuns == 2)
    }

    @Test("what is not listed is not shown, and comes back with its counts when it is listed again")
    func comesBack() throws {
        var outcomes = outcomes()
        outcomes.list([])
        #expect(outcomes.entries["1"]?.isListed == false)
        outcomes.list([listing])
        let entry = try #require(outcomes.entries["1"])
        #expect(entry.isListed)
        #expect(entry.history.totals == ["succeeded": 1])
    }

    @Test("what has not been listed for a month, and has no remembered run, is dropped")
    func isDropped() {
        var outcomes = outcomes()
        outcomes.list([])
        outcomes.plan.wasRead(LedgerExample.window(0, 24 * 29), at: LedgerExample.time(24 * 29))
        outcomes.list([])
        #expect(outcomes.entries["1"] != nil)
        outcomes.plan.wasRead(LedgerExample.window(0, 24 * 30), at: LedgerExample.time(24 * 30))
        outcomes.list([])
        #expect(outcomes.entries.isEmpty)
    }

    @Test("what is not listed keeps the ids of its runs, or they would be counted again")
    func keepsIDs() {
        var outcomes = OutcomeLedger()
        let report = LedgerExample.report(of: "9", LedgerExample.run("1", completed: 1))
        _ = outcomes.fold([report])
        outcomes.list([])
        let folded = outcomes.fold([report])
        #expect(folded.newRuns == 0)
        #expect(outcomes.entries["9"]?.history.totals == ["succeeded": 1])
    }

    @Test("a listing that has lost its name or its action keeps the one before; the interval is the listing's")
    func listingWins() {
        var outcomes = outcomes()
        outcomes.list([OutcomeLedger.Listing(id: "1", name: nil, action: nil, expectedInterval: nil)])
        #expect(outcomes.entries["1"]?.name == "Mail")
        #expect(outcomes.entries["1"]?.action == "VerifyStore --id=4")
        #expect(outcomes.entries["1"]?.expectedInterval == nil)
    }

    @Test(
        "what a run verified is told by its action, or by its job's line where that names the command alone",
        arguments: [
            ("VerifyStore", "4"), ("VerifyStore --id=5", "5"), ("VerifyStores", "*"), ("CreateBackup", nil), (nil, "4"),
        ] as [(String?, String?)])
    func scope(action: String?, expected: String?) {
        for isListed in [true, false] {
            var outcomes = outcomes()
            if !isListed { outcomes.list([]) }
            let reports = (2...3).map { number in
                LedgerExample.report(
                    of: "1", LedgerExample.run("\(number)", completed: Double(number)), action: action)
            }
            // One by one: a run must not spoil what the job's line says for the next.
            for report in reports { _ = outcomes.fold([report]) }
            #expect(outcomes.entries["1"]?.history.recentRuns.map(\.verifies) == [expected, expected])
        }
    }
}
