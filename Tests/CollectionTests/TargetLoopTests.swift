import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Collectors run by the clock, side by side", .timeLimit(.minutes(1)))
struct TargetLoopTests {
    /// For each collector there is one task that runs it and one that watches the age of its values.
    private static let tasks = CollectorName.allCases.count * 2

    @Test("each collector keeps its own interval, and cancelling ends them all")
    func intervals() async throws {
        let bench = try TargetBench()
        let run = Task { await bench.collection.run() }
        await bench.time.waitForSleepers(Self.tasks)
        for _ in 0..<5 {
            bench.time.advance(by: .seconds(60))
            await bench.time.waitForSleepers(Self.tasks)
        }
        let counts = InformationalFunction.allCases.map { bench.server.calls(of: $0).count }
        // Six beats of a minute from 0 to 5; the stores twice; users and licence once.
        let expected: [InformationalFunction: Int] = [.getStores: 2, .getUsers: 1, .getLicenseInformation: 1]
        #expect(counts == InformationalFunction.allCases.map { expected[$0] ?? 6 })
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
        await bench.time.waitForSleepers(Self.tasks)
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
        await bench.time.waitForSleepers(Self.tasks - 1)
        bench.time.advance(by: .seconds(60))
        await bench.time.waitForSleepers(Self.tasks - 1)
        #expect(bench.server.calls(of: .getActiveSessions).count == 2)
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
        await bench.time.waitForSleepers(Self.tasks)
        bench.time.advance(by: .seconds(60))
        // The sessions hang from now on.
        await eventually { gate.arrivals == 1 }
        await bench.time.waitForSleepers(Self.tasks - 1)
        #expect(try bench.page.value("mailstore_active_sessions") == 0)
        bench.time.advance(by: .seconds(240))
        await eventually { (try? bench.page.has("mailstore_active_sessions")) == false }
        #expect(try !bench.page.has("mailstore_active_sessions"))
        run.cancel()
        await run.value
    }
}
