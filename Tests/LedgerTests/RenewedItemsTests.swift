import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("What gets the id of a deleted job, profile or store inherits nothing")
struct RenewedItemsTests {
    private let rule = SuccessRule(includesCompletedWithErrors: false)

    private func listing(_ name: String?, _ action: String? = nil, kind: String? = nil) -> OutcomeLedger.Listing {
        OutcomeLedger.Listing(id: "1", name: name, action: action, kind: kind)
    }

    private let other = OutcomeLedger.Listing(id: "2", name: "Other", action: "CompactStore")

    /// Jobs of which the first has a settled run and a recent one.
    private func outcomes(_ listing: OutcomeLedger.Listing) -> OutcomeLedger {
        var outcomes = OutcomeLedger()
        outcomes.list([listing, other], at: LedgerExample.time(-3))
        _ = outcomes.fold([
            LedgerExample.report(of: "1", LedgerExample.run("1", completed: -20), action: listing.action),
            LedgerExample.report(of: "1", LedgerExample.run("2", completed: -1), action: listing.action),
        ])
        outcomes.settle(before: LedgerExample.time(-10), success: rule)
        return outcomes
    }

    private func isFresh(_ outcomes: OutcomeLedger) -> Bool {
        outcomes.entries["1"]?.history.totals == [:]
            && outcomes.entries["1"]?.history.summary(success: rule) == OutcomeSummary()
    }

    private let backup = OutcomeLedger.Listing(id: "1", name: "Backup", action: "CreateBackup --path=E:")

    @Test("another name and another action make another job, at once")
    func otherJob() {
        var outcomes = outcomes(backup)
        let renewals = outcomes.list([listing("Verify", "VerifyStores"), other])
        #expect(renewals == [OutcomeLedger.Renewal(id: "1", formerName: "Backup", name: "Verify")])
        #expect(isFresh(outcomes))
        // Readings return the runs of the former job for a while; a run of its own counts.
        for _ in 0..<2 {
            _ = outcomes.fold([
                LedgerExample.report(of: "1", LedgerExample.run("2", completed: -1), action: "CreateBackup"),
                LedgerExample.report(of: "1", LedgerExample.run("3", completed: -0.5), action: "CreateBackup"),
                LedgerExample.report(
                    of: "1", LedgerExample.run("4", completed: 1), raw: "failed", action: "VerifyStores"),
            ])
        }
        #expect(outcomes.entries["1"]?.history.totals == ["failed": 1])
        #expect(outcomes.list([listing("Verify", "VerifyStores"), other]).isEmpty)
    }

    @Test("a rename alone, an edited action alone, or other arguments keep the history")
    func sameJob() {
        for listing in [
            listing("Backup NAS", "CreateBackup --path=F:"), listing("Backup", "VerifyStores"), listing(nil, nil),
            listing("Backup", "createbackup"),
        ] {
            var outcomes = outcomes(backup)
            #expect(outcomes.list([listing, other]).isEmpty)
            #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 2])
        }
    }

    @Test("a profile is another one if its name and its kind differ, as far as the server tells")
    func profiles() {
        for (former, kind, isAnother) in [
            ("archive/exchange", "archive/imap", true), ("archive/exchange", "archive/exchange", false),
            ("archive/exchange", nil, false), (nil, "archive/imap", false),
        ] as [(String?, String?, Bool)] {
            var outcomes = outcomes(listing("Mailbox", kind: former))
            #expect(outcomes.list([listing("Other mailbox", kind: kind), other]).isEmpty != isAnother)
            #expect(isFresh(outcomes) == isAnother)
        }
    }

    @Test("what comes back after an absence with another name is another one", arguments: [true, false])
    func otherNameAfterAbsence(isEmptyList: Bool) {
        var outcomes = outcomes(backup)
        outcomes.list(isEmptyList ? [] : [other])
        #expect(outcomes.list([listing("Backup NAS", "CreateBackup"), other]).count == 1)
        #expect(isFresh(outcomes))
    }

    @Test("one partial or empty list resets nothing", arguments: [true, false])
    func partialList(isEmptyList: Bool) {
        var outcomes = outcomes(backup)
        outcomes.list(isEmptyList ? [] : [other], at: LedgerExample.time(0))
        #expect(outcomes.list([backup, other], at: LedgerExample.time(23.9)).isEmpty)
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 2])
    }

    @Test("what was missing for a day while others were listed is another one; empty lists prove nothing")
    func longAbsence() {
        for (isEmptyList, isAnother) in [(true, false), (false, true)] {
            var outcomes = outcomes(backup)
            outcomes.list(isEmptyList ? [] : [other], at: LedgerExample.time(0))
            outcomes.list(isEmptyList ? [] : [other], at: LedgerExample.time(20))
            #expect(outcomes.list([backup, other], at: LedgerExample.time(24)).isEmpty != isAnother)
            #expect(isFresh(outcomes) == isAnother)
        }
    }

    @Test("of two entries with one id in a list, the first counts, and nothing is reset again and again")
    func sameIDTwice() {
        var outcomes = outcomes(backup)
        let twice = [backup, listing("Verify", "VerifyStores"), other]
        for _ in 0..<3 { #expect(outcomes.list(twice).isEmpty) }
        #expect(outcomes.entries["1"]?.name == "Backup")
    }

    @Test("a deleted job that is known by its runs alone is not the one that gets its id")
    func knownByRuns() {
        var outcomes = OutcomeLedger()
        _ = outcomes.fold([
            LedgerExample.report(of: "1", LedgerExample.run("1", completed: -2), action: "CreateBackup")
        ])
        #expect(outcomes.list([listing("Verify", "VerifyStores")]).count == 1)
        #expect(isFresh(outcomes))
    }

    @Test("a state of an older version, without kinds, keeps its histories")
    func olderState() {
        var outcomes = OutcomeLedger()
        outcomes.list([listing("Mailbox")])
        #expect(outcomes.list([listing("Other", kind: "archive/imap")]).isEmpty)
    }

    private func store(_ name: String, path: String? = nil) -> Store {
        var store = Store(id: "1", name: name)
        store.databasePath = path
        return store
    }

    /// A store that was verified at hour -1.
    private func verified(_ store: Store) -> (verifications: VerificationLedger, jobs: OutcomeLedger) {
        var verifications = VerificationLedger()
        verifications.list([store, Store(id: "2", name: "Other")], at: LedgerExample.time(-10))
        var jobs = OutcomeLedger()
        _ = jobs.fold([
            LedgerExample.report(of: "7", LedgerExample.run("1", completed: -1), action: "VerifyStores")
        ])
        _ = verifications.fold(jobs)
        return (verifications, jobs)
    }

    @Test("a store that gets the id of a deleted one was never verified")
    func stores() {
        let others = [Store(id: "2", name: "Other")]
        for (former, lists, new, isAnother) in [
            (store("A"), [others], store("B"), true), (store("A"), [[]], store("B"), true),
            (store("A"), [], store("B"), false), (store("A"), [others], store("A"), false),
            (store("A"), [[], []], store("A"), false),
            (store("A", path: "D:\\1"), [], store("B", path: "D:\\2"), true),
            (store("A", path: "D:\\1"), [], store("B", path: "d:\\1"), false),
            (store("A", path: "D:\\1"), [], store("A", path: "E:\\1"), false),
            (store("A", path: "D:\\1"), [], store("B"), false),
        ] as [(Store, [[Store]], Store, Bool)] {
            var (verifications, jobs) = verified(former)
            for list in lists { verifications.list(list, at: LedgerExample.time(0)) }
            let renewals = verifications.list([new] + others, at: LedgerExample.time(1))
            _ = verifications.fold(jobs)
            #expect(renewals.isEmpty != isAnother, "\(former) \(new)")
            let record = verifications.stores["1"]
            #expect((record?.history.summary(success: rule).lastSuccess == nil) == isAnother)
            #expect((record?.totals == [:]) == isAnother)
            #expect(record?.name == new.name)
        }
    }

    @Test("a store that was missing for a day while others were listed is another one")
    func missingStore() {
        var (verifications, jobs) = verified(store("A"))
        verifications.list([Store(id: "2", name: "Other")], at: LedgerExample.time(0))
        #expect(verifications.list([store("A"), Store(id: "2")], at: LedgerExample.time(24)).count == 1)
        _ = verifications.fold(jobs)
        #expect(verifications.stores["1"]?.totals == [:])
    }

    @Test("a verification by the exporter that began before the store got its id is not one of the new store")
    func ownVerification() {
        var (verifications, _) = verified(store("A"))
        let own = VerificationRun(stores: ["1", "2"], token: "t", start: LedgerExample.time(0))
        verifications.list([Store(id: "2", name: "Other")], at: LedgerExample.time(1))
        verifications.list([store("B"), Store(id: "2", name: "Other")], at: LedgerExample.time(2))
        _ = verifications.record(own, result: "succeeded", completion: LedgerExample.time(3))
        #expect(verifications.stores["1"]?.totals == [:])
        #expect(verifications.stores["2"]?.totals["exporter"] == ["succeeded": 1])
    }
}
