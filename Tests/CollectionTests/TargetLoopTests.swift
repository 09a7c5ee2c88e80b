import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Collectors run by the clock, side by side", .timeLimit(.minutes(1)))
struct TargetLoopTests {
    /// Waits until each function was called so many times, and the loop sleeps.
    private func settle(_ bench: TargetBench, except hanging: InformationalFunction? = nil, minutes: Int) async {
        await eventually { Self.counts(bench, hanging) == Self.expected(after: minutes, hanging) }
        await bench.time.waitForSleepers(1)
    }

    private static func counts(_ bench: TargetBench, _ hanging: InformationalFunction?) -> [Int] {
        InformationalFunction.allCases.filter { $0 != hanging }.map { bench.server.calls(of: $0).count }
    }

    /// One call at the start, and one after each interval; the stores every five minutes, users and licence later.
    private static func expected(after minutes: Int, _ hanging: InformationalFunction?) -> [Int] {
        let rare: [InformationalFunction: Int] = [.getStores: 1 + minutes / 5, .getUsers: 1, .getLicenseInformation: 1]
        return InformationalFunction.allCases.filter { $0 != hanging }.map { rare[$0] ?? minutes + 1 }
    }

    @Test("each collector keeps its own interval, with one timer for all, and cancelling ends them all")
    func intervals() async throws {
        let bench = try TargetBench()
        let run = Task { await bench.collection.run() }
        await settle(bench, minutes: 0)
        for minutes in 1...5 {
            bench.time.advance(by: .seconds(60))
            await settle(bench, minutes: minutes)
        }
        #expect(Self.counts(bench, nil) == Self.expected(after: 5, nil))
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
        await settle(bench, minutes: 0)
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
        await settle(bench, except: .getStores, minutes: 0)
        bench.time.advance(by: .seconds(60))
        await settle(bench, except: .getStores, minutes: 1)
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
        await settle(bench, minutes: 0)
        bench.time.advance(by: .seconds(60))
        // The sessions hang from now on.
        await eventually { gate.arrivals == 1 }
        await settle(bench, except: .getActiveSessions, minutes: 1)
        #expect(try bench.page.value("mailstore_active_sessions") == 0)
        bench.time.advance(by: .seconds(240))
        await eventually { (try? bench.page.has("mailstore_active_sessions")) == false }
        #expect(try !bench.page.has("mailstore_active_sessions"))
        run.cancel()
        await run.value
    }
}
