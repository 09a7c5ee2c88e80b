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
            _ = ledger.profiles.fold(met.map { LedgerExample.report(of: "1", $0) })
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
        #expect(await store.ledger.profiles.entries["1"]?.history.remembers("1") == false)
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
        #expect(await store.ledger.profiles.entries["1"]?.history.remembers("1") == true)
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
