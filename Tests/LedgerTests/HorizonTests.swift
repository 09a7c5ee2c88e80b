import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Ids are forgotten behind a horizon, whatever the clocks do")
struct HorizonTests {
    private let reach = LedgerExample.reach
    private func time(_ hours: Double) -> Timestamp { LedgerExample.time(hours) }

    /// Reads everything there is, as at `now` by the server's clock and `present` by this machine's.
    private func read(
        _ runs: [Run], at now: Timestamp, present: Timestamp? = nil, by store: LedgerStore, _ time: ManualTime
    ) async {
        time.now = present ?? now
        let reach = reach
        let (window, isDeep) = await store.ledger.profiles.plan.window(at: now, reach: reach)
        let met = runs.filter { run in
            run.completion.map { window.start <= $0 && $0 < window.end && $0 <= now } ?? false
        }
        await store.update { ledger in
            _ = ledger.profiles.fold(met.map { LedgerExample.report(of: "1", $0) }, in: window)
            ledger.profiles.plan.wasRead(window, at: now)
            ledger.profiles.plan.finished(deep: isDeep, at: now, reach: reach)
        }
        await store.settle()
    }

    private func count(_ store: LedgerStore) async -> Int {
        await store.ledger.profiles.entries["1"]?.history.totals["succeeded"] ?? 0
    }

    @Test("what ended before the first lookback is not counted, even where a reading reaches it")
    func beforeTheBeginning() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        let runs = [LedgerExample.run("1", completed: -169), LedgerExample.run("2", completed: -167)]
        await read(runs, at: self.time(0), by: store, time)
        await store.update { _ = $0.profiles.fold(runs.map { LedgerExample.report(of: "1", $0) }) }
        #expect(await count(store) == 1)
    }

    @Test("a settled run that a clock set back brings into a window again is not counted again")
    func clockSetBack() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        let runs = [LedgerExample.run("1", completed: -1), LedgerExample.run("2", completed: 24 * 20)]
        await read(runs, at: self.time(0), by: store, time)
        await read(runs, at: self.time(24 * 21), by: store, time)
        #expect(await store.ledger.profiles.entries["1"]?.history.remembers(runs[0]) == false)
        await read(runs, at: self.time(1), by: store, time)
        await read(runs, at: self.time(24 * 21), by: store, time)
        #expect(await count(store) == 2)
    }

    @Test("a clock set back by less than the lookback loses no run", arguments: [0.2, 0.9, 1.1, 24.0, 144.0])
    func runsAfterClockWasSetBack(hours: Double) async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        var runs = [LedgerExample.run("1", completed: 24 * 20)]
        await read(runs, at: self.time(24 * 20), by: store, time)
        runs.append(LedgerExample.run("2", completed: 24 * 20 - hours + 0.01))
        await read(runs, at: self.time(24 * 20 - hours + 0.02), by: store, time)
        #expect(await count(store) == 2)
    }

    @Test("a server whose clock was a year ahead for a while loses no run once it is set right")
    func serverAhead() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        let year = 24 * 365.0
        var runs = [LedgerExample.run("1", completed: -1)]
        await read(runs, at: self.time(0), by: store, time)
        runs.append(LedgerExample.run("2", completed: year))
        await read(runs, at: self.time(year + 0.1), present: self.time(0.1), by: store, time)
        await read(runs, at: self.time(year + 2), present: self.time(2), by: store, time)
        runs.append(LedgerExample.run("3", completed: 3))
        await read(runs, at: self.time(3.1), by: store, time)
        await read(runs, at: self.time(5), by: store, time)
        #expect(await count(store) == 3)
    }

    @Test("a server whose clock was a year ahead at the very first reading loses no run either")
    func serverAheadAtFirst() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        let year = 24 * 365.0
        var runs = [LedgerExample.run("1", completed: year - 1)]
        await read(runs, at: self.time(year), present: self.time(0), by: store, time)
        runs.append(LedgerExample.run("2", completed: 3))
        await read(runs, at: self.time(4), by: store, time)
        #expect(await count(store) == 2)
    }

    @Test("what was skipped while the server's clock was ahead is read when it is right again")
    func gapUnderWrongClock() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        var runs = [LedgerExample.run("1", completed: -1)]
        await read(runs, at: self.time(0), by: store, time)
        // The clock is a month ahead at one reading; then nobody reads for three weeks.
        await read(runs, at: self.time(24 * 30), present: self.time(1), by: store, time)
        runs.append(LedgerExample.run("2", completed: 24 * 5))
        await read(runs, at: self.time(24 * 22), by: store, time)
        #expect(await count(store) == 2)
    }

    @Test("a machine whose clock stands at 1970 forgets nothing and counts all the same")
    func localClockAtZero() async {
        let time = ManualTime()
        let store = LedgerExample.store(at: time)
        let zero = Timestamp(secondsSince1970: 0)
        let runs = [LedgerExample.run("1", completed: -1), LedgerExample.run("2", completed: 24 * 30)]
        await read(runs, at: self.time(0), present: zero, by: store, time)
        await read(runs, at: self.time(24 * 31), present: zero, by: store, time)
        await read(runs, at: self.time(24 * 60), present: zero, by: store, time)
        #expect(await count(store) == 2)
        #expect(await store.ledger.profiles.entries["1"]?.history.remembers(runs[0]) == true)
    }

    /// A ledger that was read up to day 40, whose settled and recent runs have the ids 1 to 80, and whose server's clock
    /// was set back to a day.
    private func setBack(to day: Double = 10) -> (outcomes: OutcomeLedger, present: PresentTime) {
        var outcomes = OutcomeLedger()
        let runs = (1...80).map { LedgerExample.run("\($0)", completed: Double($0) * 12) }
        let now = time(24 * 40)
        outcomes.plan.wasRead(LedgerExample.window(-24, 24 * 41), at: now)
        _ = outcomes.fold(runs.map { LedgerExample.report(of: "1", $0) })
        outcomes.plan.finished(deep: true, at: now, reach: reach)
        outcomes.plan.moveHorizon(reach: reach, notAfter: now)
        outcomes.plan.moveHorizon(reach: reach, notAfter: now)
        outcomes.settle(
            before: outcomes.plan.horizon ?? now, success: SuccessRule(includesCompletedWithErrors: false))
        return (outcomes, PresentTime(earliest: now, latest: now, other: time(24 * day)))
    }

    @Test(
        "after a clock was set back by weeks or years, runs with higher ids are new and the newest, in any order",
        arguments: 0..<20, [10.0, -10, -2000])
    func setBackByWeeks(seed: Int, day: Double) {
        var random = SeededRandom(seed: seed)
        var (outcomes, present) = setBack(to: day)
        let window = LedgerExample.window(day * 24 - 24, day * 24 + 24)
        #expect(outcomes.plan.horizon.map { $0 > self.time(24 * 20) } == true)
        let old = (15...25).map {
            LedgerExample.report(of: "1", LedgerExample.run("\($0)", completed: Double($0) * 12))
        }
        let new = (81...85).map {
            LedgerExample.report(
                of: "1", LedgerExample.run("\($0)", completed: day * 24 + Double($0 - 81)), raw: "failed")
        }
        for _ in 0..<3 {
            for report in (old + new).shuffled(using: &random) {
                _ = outcomes.fold([report], in: window, at: present)
            }
        }
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 80, "failed": 5])
        let rule = SuccessRule(includesCompletedWithErrors: false)
        let summary = outcomes.entries["1"]?.history.summary(success: rule)
        #expect(summary?.lastRun?.id == "85" && summary?.consecutiveFailures == 5)

        // When the clock is right again, they are known, and a run is the newest by its time.
        let right = PresentTime(earliest: time(24 * 41), latest: time(24 * 41))
        outcomes.settle(before: outcomes.plan.horizon ?? time(0), success: rule)
        _ = outcomes.fold(
            new + [LedgerExample.report(of: "1", LedgerExample.run("86", completed: 24 * 40.5))], at: right)
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 81, "failed": 5])
        #expect(outcomes.entries["1"]?.history.summary(success: rule).lastRun?.id == "86")
    }

    @Test("runs that cannot be told from old ones after a clock was set back are reported")
    func undecided() {
        var (outcomes, present) = setBack()
        let report = LedgerExample.report(of: "1", LedgerExample.run("b7", completed: 24 * 10))
        #expect(outcomes.fold([report], at: present) == OutcomeLedger.Folded(undecidedRuns: 1))
        let right = PresentTime(earliest: time(24 * 41), latest: time(24 * 41))
        #expect(outcomes.fold([report], at: right) == OutcomeLedger.Folded())
    }

    @Test("the horizon never moves back, whatever is read at whatever time", arguments: 0..<100)
    func neverMovesBack(seed: Int) {
        var random = SeededRandom(seed: seed)
        var plan = ReadingPlan()
        var highest: Timestamp?
        for step in 0..<200 {
            let now = time(Double.random(in: -5000...5000, using: &random))
            let (window, isDeep) = plan.window(at: now, reach: reach)
            if random.happens(0.8) { plan.wasRead(window, at: now) }
            if random.happens(0.5) {
                plan.wasFolded(
                    LedgerExample.run("\(step)", completed: Double.random(in: -9000...9000, using: &random)))
            }
            if random.happens(0.6) { plan.finished(deep: isDeep, at: now, reach: reach) }
            plan.moveHorizon(reach: reach, notAfter: time(Double.random(in: -5000...5000, using: &random)))
            if let highest { #expect(plan.horizon.map { $0 >= highest } == true, "seed \(seed), step \(step)") }
            highest = plan.horizon ?? highest
        }
        #expect(highest != nil)
    }
}
