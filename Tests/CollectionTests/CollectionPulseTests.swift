import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("A collection counts as stalled")
struct CollectionPulseTests {
    private let time = ManualTime()
    /// Two minutes, one minute, and a minute more are allowed from one update to the next.
    private let settings = CollectionSettings(baseInterval: .seconds(60), timeout: .seconds(30))

    @Test("if its page is not updated for longer than its interval and time-out explain, and no more after an update")
    func stalled() async {
        let pulse = CollectionPulse(clock: time.clock)
        pulse.begin("archive", settings)
        pulse.begin("branch", settings)
        time.advance(by: .seconds(240))
        #expect(pulse.stalled.isEmpty)
        #expect(await pulse.check.problem() == nil)
        pulse.beat("branch")
        time.advance(by: .seconds(1))
        #expect(pulse.stalled == ["archive"])
        #expect(await pulse.check.problem() == "the collection of archive has stalled")
        pulse.beat("archive")
        #expect(pulse.stalled.isEmpty)
    }

    @Test("not before the next update of one that is collected once a day is due")
    func slow() {
        let pulse = CollectionPulse(clock: time.clock)
        pulse.begin("archive", CollectionSettings(intervals: [.server: .days(1)]))
        time.advance(by: .seconds(36 * 3600))
        #expect(pulse.stalled.isEmpty)
    }

    @Test("not after it has ended")
    func removed() {
        let pulse = CollectionPulse(clock: time.clock)
        pulse.begin("archive", settings)
        time.advance(by: .seconds(3600))
        #expect(pulse.stalled == ["archive"])
        pulse.end("archive")
        pulse.beat("archive")
        #expect(pulse.stalled.isEmpty)
    }

    @Test(
        "never while its monitor runs and updates the page, however often the server fails; the monitor's end ends it")
    func monitored() async throws {
        let pulse = CollectionPulse(clock: time.clock)
        let bench = try TargetBench(time: time, pulse: pulse)
        bench.server.answer(.getServerInfo, .status(500))
        let run = Task { await bench.collection.run() }
        for minutes in 0..<20 {
            await bench.settle(minutes: minutes)
            bench.time.advance(by: .seconds(60))
            #expect(pulse.stalled.isEmpty)
        }
        run.cancel()
        await run.value
        bench.time.advance(by: .seconds(86_400))
        #expect(pulse.stalled.isEmpty)
    }

    @Test("when a call of its monitor never ends")
    func hanging() async throws {
        let pulse = CollectionPulse(clock: time.clock)
        let bench = try TargetBench(time: time, pulse: pulse)
        let gate = Latch()
        bench.server.answer(.getServerInfo, .result("{}").behind(gate))
        let run = Task { await bench.collection.run() }
        await eventually { gate.arrivals == 1 }
        bench.time.advance(by: .seconds(600))
        #expect(pulse.stalled == ["archive"])
        run.cancel()
        await run.value
    }
}
