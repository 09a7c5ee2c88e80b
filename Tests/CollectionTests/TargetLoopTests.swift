import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Collectors run by the clock, side by side", .timeLimit(.minutes(1)))
struct TargetLoopTests {
    @Test("each collector keeps its own interval, with one timer for all, and cancelling ends them all")
    func intervals() async throws {
        let bench = try TargetBench()
        let run = Task { await bench.collection.run() }
        await bench.settle(minutes: 0)
        for minutes in 1...5 {
            bench.time.advance(by: .seconds(60))
            await bench.settle(minutes: minutes)
        }
        #expect(bench.server.calls(of: .getActiveSessions).count == 6 && bench.server.calls(of: .getStores).count == 2)
        await eventually { bench.time.sleeperCount == 1 }
        #expect(bench.time.sleeperCount == 1)
        run.cancel()
        await run.value
        #expect(bench.time.sleeperCount == 0)
    }

    @Test("the heartbeat goes first, so that one call finds out whether the login works")
    func heartbeatFirst() async throws {
        let bench = try TargetBench()
        let gate = Latch()
        bench.server.answer(.getServerInfo, .result("{}").behind(gate))
        let run = Task { await bench.collection.run() }
        await eventually { gate.arrivals == 1 }
        for _ in 0..<100 { await Task.yield() }
        #expect(bench.server.calls.map(\.function) == ["get-metadata", "GetServerInfo"])
        gate.open()
        await bench.settle(minutes: 0)
        #expect(Set(bench.server.calls.map(\.function)).count == 10)
        run.cancel()
        await run.value
    }

    @Test("a collector that hangs takes nothing of the others along")
    func hanging() async throws {
        let bench = try TargetBench()
        let gate = Latch()
        bench.server.answer(.getStores, .result("[]").behind(gate))
        let run = Task { await bench.collection.run() }
        await bench.settle(except: .getStores, minutes: 0)
        bench.time.advance(by: .seconds(60))
        await bench.settle(except: .getStores, minutes: 1)
        #expect(bench.server.calls(of: .getStores).count == 1)
        #expect(try bench.page.value("mailstore_up") == 1)
        run.cancel()
        await run.value
    }

    @Test("the first page is there before anything was tried")
    func firstPage() async throws {
        let bench = try TargetBench()
        let gate = Latch()
        bench.server.answer(metadata: FakeAnswer.raw("[]").behind(gate))
        let run = Task { await bench.collection.run() }
        await eventually { gate.arrivals == 1 }
        #expect(bench.sink.page?.wasTried == false)
        #expect(try bench.page.all("mailstore_api_errors_total").allSatisfy { $0.value == 0 })
        #expect(try bench.page.has("mailstore_collector_interval_seconds", ["collector": "users"]))
        run.cancel()
        await run.value
    }

    @Test("values that grow too old leave the page without another collection")
    func ageing() async throws {
        let bench = try TargetBench()
        let gate = Latch()
        bench.server.answer(.getActiveSessions, .result("[]"), .result("[]").behind(gate))
        let run = Task { await bench.collection.run() }
        await bench.settle(minutes: 0)
        // The value is as old as the clock says from here.
        await eventually { (try? bench.page.has("mailstore_active_sessions")) == true }
        bench.time.advance(by: .seconds(60))
        // The sessions hang from now on.
        await eventually { gate.arrivals == 1 }
        await bench.settle(except: .getActiveSessions, minutes: 1)
        #expect(try bench.page.value("mailstore_active_sessions") == 0)
        bench.time.advance(by: .seconds(240))
        await eventually { (try? bench.page.has("mailstore_active_sessions")) == false }
        #expect(try !bench.page.has("mailstore_active_sessions"))
        run.cancel()
        await run.value
    }
}

extension TargetBench {
    /// Waits until each function was called as often as after so many minutes, and the loop sleeps for the next one.
    ///
    /// - Parameter hanging: Does not count.
    func settle(except hanging: InformationalFunction? = nil, minutes: Int) async {
        let functions = InformationalFunction.allCases.filter { $0 != hanging }
        // One call at the start, and one after each interval.
        let intervals: [InformationalFunction: Int] = [.getStores: 5, .getUsers: 15, .getLicenseInformation: 60]
        let expected = functions.map { 1 + minutes / (intervals[$0] ?? 1) }
        await eventually {
            functions.map { server.calls(of: $0).count } == expected
                && time.nextWakeUp == time.uptime + .seconds(60)
        }
    }
}
