import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Jobs, profiles and stores that the server does not list take a limited space")
struct UnlistedItemsTests {
    private func listings(_ ids: ClosedRange<Int>) -> [OutcomeLedger.Listing] {
        ids.map { OutcomeLedger.Listing(id: "\($0)", name: "Job \($0)", action: "VerifyStores") }
    }

    /// A run of each of the jobs, with the id of its job.
    private func runs(_ jobs: ClosedRange<Int>, completed hours: Double = 1) -> [OutcomeLedger.Report] {
        jobs.map { LedgerExample.report(of: "\($0)", LedgerExample.run("\($0)", completed: hours)) }
    }

    private func limits(entries: Int = 1000, runs: Int = 1000) -> OutcomeLedger.Limits {
        OutcomeLedger.Limits(unlistedEntries: entries, unlistedRuns: runs)
    }

    private func totals(_ outcomes: OutcomeLedger) -> [String: Int] {
        outcomes.entries.mapValues { $0.history.totals.values.reduce(0, +) }
    }

    @Test("runs of more unlisted jobs than the limit are left out and reported; listed jobs are not affected")
    func neverListed() {
        var outcomes = OutcomeLedger()
        outcomes.list(listings(500...501), at: LedgerExample.time(0))
        for _ in 0..<3 {
            let folded = outcomes.fold(runs(1...100) + runs(500...501), limits: limits(entries: 10))
            #expect(folded.unlistedRuns == 90)
        }
        #expect(outcomes.entries.count == 12)
        #expect(totals(outcomes).values.allSatisfy { $0 == 1 })
        #expect(totals(outcomes)["501"] == 1)
    }

    @Test("a job whose runs were left out has them counted, once, when the server lists it")
    func listedLater() {
        var outcomes = OutcomeLedger()
        let limits = limits(entries: 10)
        #expect(outcomes.fold(runs(1...20), limits: limits).unlistedRuns == 10)
        outcomes.list(listings(1...20), at: LedgerExample.time(2))
        for _ in 0..<2 { #expect(outcomes.fold(runs(1...20), limits: limits).unlistedRuns == 0) }
        #expect(totals(outcomes) == Dictionary(uniqueKeysWithValues: (1...20).map { ("\($0)", 1) }))
    }

    @Test("further runs of few unlisted jobs are left out beyond the limit; those that are known stay known")
    func manyRuns() {
        var outcomes = OutcomeLedger()
        let reports = (1...30).map {
            LedgerExample.report(of: "\($0 % 3)", LedgerExample.run("\($0)", completed: Double($0)))
        }
        #expect(outcomes.fold(reports, limits: limits(runs: 12)).unlistedRuns == 18)
        #expect(outcomes.fold(reports, limits: limits(runs: 12)).unlistedRuns == 18)
        #expect(totals(outcomes).values.reduce(0, +) == 12)
        // What readings no longer return makes space.
        outcomes.settle(before: LedgerExample.time(6.5), success: LedgerExample.rules.success)
        #expect(outcomes.fold(Array(reports[20...]), limits: limits(runs: 12)).unlistedRuns == 4)
        #expect(totals(outcomes).values.reduce(0, +) == 18)
    }

    @Test("what was never listed is forgotten first, then what has been missing longest")
    func order() {
        var outcomes = OutcomeLedger()
        outcomes.list(listings(1...6), at: LedgerExample.time(0))
        _ = outcomes.fold(runs(1...6))
        outcomes.list(listings(4...6), at: LedgerExample.time(1))
        outcomes.list(listings(6...6), at: LedgerExample.time(2))
        _ = outcomes.fold(runs(7...9))
        outcomes.list(listings(6...6), at: LedgerExample.time(3))
        #expect(outcomes.forgetUnlisted(beyond: 8) == 0)
        #expect(outcomes.forgetUnlisted(beyond: 4) == 4)
        #expect(Set(outcomes.entries.keys) == ["1", "2", "4", "5", "6"])
    }

    @Test(
        "a job that was forgotten and is listed again begins at 0, and no run counts twice", arguments: [true, false])
    func comesBack(isReadBetween: Bool) throws {
        var outcomes = OutcomeLedger()
        outcomes.list(listings(1...4), at: LedgerExample.time(0))
        _ = outcomes.fold(runs(1...4))
        outcomes.list(listings(4...4), at: LedgerExample.time(2))
        #expect(outcomes.forgetUnlisted(beyond: 0) == 3)
        // Readings return the runs of before as long as windows cover them, whether the job is listed or not.
        if isReadBetween { #expect(outcomes.fold(runs(1...4)) == OutcomeLedger.Folded()) }
        outcomes.list(listings(1...4), at: LedgerExample.time(3))
        #expect(outcomes.fold(runs(1...4)) == OutcomeLedger.Folded())
        #expect(totals(outcomes) == ["1": 0, "2": 0, "3": 0, "4": 1])
        // Another run counts.
        let later = LedgerExample.report(of: "2", LedgerExample.run("70", completed: 3))
        for new in [1, 0] { #expect(outcomes.fold([later]) == OutcomeLedger.Folded(newRuns: new)) }
        #expect(totals(outcomes) == ["1": 0, "2": 1, "3": 0, "4": 1])
    }

    @Test("a run in the future does not keep the runs of jobs that begin later from being counted")
    func runInTheFuture() {
        let present = PresentTime(earliest: LedgerExample.time(2), latest: LedgerExample.time(2))
        var outcomes = OutcomeLedger()
        outcomes.list(listings(1...2), at: LedgerExample.time(0))
        _ = outcomes.fold(runs(1...1, completed: 9000), at: present)
        outcomes.list(listings(2...2), at: LedgerExample.time(2))
        #expect(outcomes.forgetUnlisted(beyond: 0) == 1)
        outcomes.list(listings(2...3), at: LedgerExample.time(3))
        #expect(outcomes.fold(runs(3...3, completed: 3), at: present).newRuns == 1)
    }

    @Test("when readings no longer return the runs of what was forgotten, every run counts again")
    func horizonMoves() {
        var outcomes = OutcomeLedger()
        outcomes.list(listings(1...2), at: LedgerExample.time(0))
        _ = outcomes.fold(runs(1...1, completed: 5))
        outcomes.list(listings(2...2), at: LedgerExample.time(6))
        #expect(outcomes.forgetUnlisted(beyond: 0) == 1)
        var early = outcomes
        outcomes.settle(before: LedgerExample.time(5.5), success: LedgerExample.rules.success)
        #expect(outcomes.fold(runs(3...3, completed: 4)).newRuns == 1)
        #expect(early.fold(runs(3...3, completed: 4)).newRuns == 0)
    }

    @Test("an empty list makes nothing be forgotten: it may be that of a server which is not ready")
    func emptyList() {
        var outcomes = OutcomeLedger()
        outcomes.list(listings(1...50), at: LedgerExample.time(0))
        _ = outcomes.fold(runs(1...50))
        outcomes.list([], at: LedgerExample.time(1))
        #expect(outcomes.forgetUnlisted(beyond: 10) == 0)
        var verifications = VerificationLedger()
        verifications.list((1...50).map { Store(id: "\($0)", name: nil) }, at: LedgerExample.time(0))
        verifications.list([], at: LedgerExample.time(1))
        #expect(verifications.forgetUnlisted(beyond: 10) == 0)
    }

    @Test("what was forgotten is remembered in the state database")
    func state() throws {
        var ledger = TargetLedger()
        ledger.jobs.list(listings(1...3), at: LedgerExample.time(0))
        _ = ledger.jobs.fold(runs(1...3))
        ledger.jobs.list(listings(3...3), at: LedgerExample.time(2))
        #expect(ledger.jobs.forgetUnlisted(beyond: 0) == 2)
        ledger.jobs.list(listings(2...3), at: LedgerExample.time(3))
        let folder = try TemporaryFolder(inMemory: true)
        _ = try LedgerExample.database(in: folder.path).saveNow(ledger, of: LedgerExample.key)
        var loaded = try #require(try LedgerExample.saved(in: folder.path))
        #expect(loaded == ledger)
        loaded.jobs.list(listings(1...3), at: LedgerExample.time(4))
        #expect(loaded.jobs.fold(runs(1...3)) == OutcomeLedger.Folded())
    }

    @Test("stores that have been missing longest are forgotten; one that is listed again counts no run of before")
    func stores() {
        func stores(_ ids: ClosedRange<Int>) -> [Store] { ids.map { Store(id: "\($0)", name: nil) } }
        var jobs = OutcomeLedger()
        _ = jobs.fold([
            LedgerExample.report(of: "9", LedgerExample.run("1", completed: 0.5), action: "VerifyStores")
        ])
        var verifications = VerificationLedger()
        verifications.list(stores(1...5), at: LedgerExample.time(0))
        #expect(verifications.fold(jobs) == VerificationLedger.Folded())
        verifications.list(stores(3...5), at: LedgerExample.time(1))
        verifications.list(stores(4...5), at: LedgerExample.time(2))
        #expect(verifications.forgetUnlisted(beyond: 3) == 0)
        #expect(verifications.forgetUnlisted(beyond: 1) == 2)
        #expect(Set(verifications.stores.keys) == ["3", "4", "5"])
        verifications.list(stores(1...5), at: LedgerExample.time(3))
        #expect(verifications.fold(jobs) == VerificationLedger.Folded())
        #expect(verifications.stores["1"]?.history.totals == [:])
        #expect(verifications.stores["3"]?.history.totals == ["succeeded": 1])
    }

    @Test("of too many verifications the oldest count, those by listed jobs first, and the same ones each time")
    func verifications() {
        var jobs = OutcomeLedger()
        jobs.list(listings(1...1), at: LedgerExample.time(0))
        for (job, hour) in [("2", 1.0), ("2", 2.0), ("3", 3.0), ("1", 4.0)] {
            _ = jobs.fold([
                LedgerExample.report(
                    of: job, LedgerExample.run("\(Int(hour))", completed: hour), action: "VerifyStores")
            ])
        }
        var verifications = VerificationLedger()
        verifications.list((1...5).map { Store(id: "\($0)", name: nil) }, at: LedgerExample.time(0))
        for _ in 0..<2 {
            let folded = verifications.fold(jobs, limits: OutcomeLedger.Limits(verifications: 14))
            #expect(folded.leftOut == 10)
            let store = verifications.stores["5"]?.history.recentRuns.map(\.id).sorted()
            #expect(store == ["job/1/4", "job/2/1"])
        }
        #expect(verifications.fold(jobs).leftOut == 0)
    }
}
