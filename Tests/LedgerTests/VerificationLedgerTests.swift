import OperatingSystem
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("Which stores a verification counts for")
struct VerificationLedgerTests {
    private let first = Store(id: "1", name: "2025")
    private let second = Store(id: "2", name: "2026")

    private func jobs(_ runs: [(id: String, hour: Double, action: String)], of job: String = "9") -> OutcomeLedger {
        var jobs = OutcomeLedger()
        _ = jobs.fold(
            runs.map {
                LedgerExample.report(of: job, LedgerExample.run($0.id, completed: $0.hour), action: $0.action)
            })
        return jobs
    }

    /// How often each store was verified.
    private func counts(_ outcomes: VerificationLedger) -> [String: Int] {
        outcomes.stores.mapValues { $0.history.totals.values.reduce(0, +) }
    }

    @Test("VerifyStores counts for the stores that existed when it started, not for those created later")
    func existingStores() {
        var outcomes = VerificationLedger()
        outcomes.list([first], at: LedgerExample.time(0))
        outcomes.list([first, second], at: LedgerExample.time(10))
        _ = outcomes.fold(jobs([("1", 5, "VerifyStores"), ("2", 11, "VerifyStores --includeIndexes=true")]))
        #expect(counts(outcomes) == ["1": 2, "2": 1])
    }

    @Test("a verification that began before a store was there and ended after it does not count for it")
    func storeCreatedMeanwhile() {
        var outcomes = VerificationLedger()
        outcomes.list([first], at: LedgerExample.time(0))
        outcomes.list([first, second], at: LedgerExample.time(10))
        // It takes a minute: begun just before, completed just after.
        _ = outcomes.fold(jobs([("1", 10 + 0.5 / 60, "VerifyStores")]))
        #expect(counts(outcomes) == ["1": 1, "2": 0])
    }

    @Test("VerifyStore counts for the store that it names, and for none that nobody knows")
    func namedStore() {
        var outcomes = VerificationLedger()
        outcomes.list([first, second], at: LedgerExample.time(0))
        _ = outcomes.fold(
            jobs([("1", 1, "VerifyStore --id=2"), ("2", 2, "VerifyStore --id=77"), ("3", 3, "CreateBackup")]))
        #expect(counts(outcomes) == ["1": 0, "2": 1])
    }

    @Test("a verification without a start waits for the stores, however old it is, if their list is empty for a moment")
    func emptyList() async {
        let time = ManualTime(now: LedgerExample.time(0))
        let store = LedgerStore(
            ledger: TargetLedger(), of: LedgerExample.key, in: nil,
            rules: OutcomeRules(
                success: LedgerExample.rules.success, reach: LedgerExample.reach, waitsForStores: true),
            logger: RecordingLog().logger, clock: time.clock)
        func read(_ stores: [Store], _ completed: Double, at hours: Double) async {
            var run = LedgerExample.run("\(completed)", completed: completed)
            run.start = nil
            let report = LedgerExample.report(of: "9", run, action: "VerifyStores")
            await store.update { ledger in
                let now = LedgerExample.time(hours)
                ledger.verifications.list(stores, at: now)
                _ = ledger.jobs.fold([report])
                ledger.jobs.plan.wasRead(LedgerExample.window(hours - 24 * 60, hours), at: now)
                ledger.jobs.plan.finished(deep: true, at: now, reach: LedgerExample.reach)
            }
            await store.settle()
        }
        await read([first], -1, at: 0)
        time.advance(by: .seconds(40 * 86_400))
        await read([], 24, at: 24 * 40)
        await read([first], 24 * 40 - 1, at: 24 * 40)
        #expect(await counts(store.ledger.verifications) == ["1": 3])
        #expect(await store.ledger.jobs.plan.horizon.map { $0 > LedgerExample.time(24) } == true)
    }

    @Test("runs that were read before the stores were listed find their stores, once")
    func storesListedLater() {
        var outcomes = VerificationLedger()
        let jobs = jobs([("1", 1, "VerifyStores")])
        _ = outcomes.fold(jobs)
        outcomes.list([first, second], at: LedgerExample.time(50))
        for _ in 0..<3 { _ = outcomes.fold(jobs) }
        #expect(counts(outcomes) == ["1": 1, "2": 1])
    }

    @Test("the same run id in two jobs is two verifications")
    func idsRepeatAcrossJobs() {
        var jobs = OutcomeLedger()
        let run = LedgerExample.run("5", completed: 1)
        _ = jobs.fold(["8", "9"].map { LedgerExample.report(of: $0, run, action: "VerifyStores") })
        var outcomes = VerificationLedger()
        outcomes.list([first], at: LedgerExample.time(0))
        _ = outcomes.fold(jobs)
        #expect(counts(outcomes) == ["1": 2])
    }

    @Test("a verification that started after a store was deleted does not count for it")
    func deletedStore() {
        var outcomes = VerificationLedger()
        outcomes.list([first, second], at: LedgerExample.time(0))
        outcomes.list([second], at: LedgerExample.time(10))
        _ = outcomes.fold(jobs([("1", 5, "VerifyStores"), ("2", 15, "VerifyStores")]))
        #expect(counts(outcomes) == ["1": 1, "2": 2])
        #expect(outcomes.stores["1"]?.isListed == false)
    }

    @Test("a deleted store is dropped a month later")
    func deletedStoreIsDropped() {
        var outcomes = VerificationLedger()
        outcomes.list([first, second], at: LedgerExample.time(0))
        outcomes.list([second], at: LedgerExample.time(10))
        outcomes.list([second], at: LedgerExample.time(10 + 24 * 29))
        #expect(outcomes.stores.keys.sorted() == ["1", "2"])
        outcomes.list([second], at: LedgerExample.time(10 + 24 * 30))
        #expect(outcomes.stores.keys.sorted() == ["2"])
    }

    @Test("a server that lists no stores for a moment costs them nothing")
    func emptyListForAMoment() {
        var outcomes = VerificationLedger()
        outcomes.list([first], at: LedgerExample.time(0))
        var jobs = jobs([("1", 5, "VerifyStores"), ("2", 20.5, "VerifyStores")])
        _ = outcomes.fold(jobs)
        jobs.settle(before: LedgerExample.time(15), success: LedgerExample.rules.success)
        outcomes.settle(before: LedgerExample.time(15), success: LedgerExample.rules.success)
        outcomes.list([], at: LedgerExample.time(20))
        outcomes.list([first], at: LedgerExample.time(21))
        _ = outcomes.fold(jobs)
        #expect(counts(outcomes) == ["1": 2])
    }

    @Test("a verification that ended while the exporter was down for weeks is counted for its stores")
    func afterLongGap() async {
        let time = ManualTime(now: LedgerExample.time(0))
        let store = LedgerExample.store(at: time)
        let reach = LedgerExample.reach
        let first = first
        await store.update { $0.verifications.list([first], at: LedgerExample.time(0)) }
        for (hour, runs) in [(0.0, ["1": -1.0]), (1440.0, ["2": 240.0, "3": 1416.0])] {
            time.now = LedgerExample.time(hour)
            await store.update { ledger in
                let now = LedgerExample.time(hour)
                let (window, isDeep) = ledger.jobs.plan.window(at: now, reach: reach)
                _ = ledger.jobs.fold(
                    runs.map {
                        LedgerExample.report(
                            of: "9", LedgerExample.run($0.key, completed: $0.value), action: "VerifyStores")
                    })
                ledger.jobs.plan.wasRead(window, at: now)
                ledger.jobs.plan.finished(deep: isDeep, at: now, reach: reach)
            }
            await store.settle()
        }
        #expect(counts(await store.ledger.verifications) == ["1": 3])
    }

    @Test(
        "a result that no run and no verification is known to end with is told once a store",
        arguments: [
            ("half done", "halfDone", 2), ("CompletedWithErrors", "completedWithErrors", 0), ("lost", "lost", 0),
        ])
    func unknownResults(raw: String, word: String, count: Int) {
        var jobs = OutcomeLedger()
        _ = jobs.fold([
            LedgerExample.report(of: "9", LedgerExample.run("1", completed: 1), raw: raw, action: "VerifyStores")
        ])
        var outcomes = VerificationLedger()
        outcomes.list([first, second], at: LedgerExample.time(0))
        let unknown = [outcomes.fold(jobs), outcomes.fold(jobs)].map(\.unknownResults)
        #expect(unknown == [count, 0])
        #expect(outcomes.stores["1"]?.history.totals == [word: 1])
    }
}
