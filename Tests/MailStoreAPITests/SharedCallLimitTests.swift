import OperatingSystem
import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("The limit of calls to all servers together", .timeLimit(.minutes(1)))
struct SharedCallLimitTests {
    private let time = ManualTime()
    private let limiter = CallLimiter(limit: 2)

    private func client() -> SharedCallLimit { SharedCallLimit(limiter, clock: time.clock) }

    /// Calls that last until the gate opens.
    private func calls(_ count: Int, of client: SharedCallLimit, until gate: Latch) -> [Task<Void, any Error>] {
        (0..<count).map { _ in Task { try await client.withTurn { await gate.passed() } } }
    }

    @Test("is kept by several clients, and calls that end let others in")
    func limit() async throws {
        let gate = Latch()
        let tasks = calls(3, of: client(), until: gate) + calls(3, of: client(), until: gate)
        await eventually { await limiter.waitingCount == 4 }
        #expect(gate.arrivals == 2)
        gate.open()
        for task in tasks { try await task.value }
        #expect(gate.arrivals == 6)
        #expect(time.sleeperCount == 0)
    }

    @Test("does not count a call any longer after a second, so that slow servers delay no others")
    func slow() async throws {
        let (slowGate, fastGate) = (Latch(), Latch())
        let (slow, fast) = (client(), client())
        let slowCalls = calls(2, of: slow, until: slowGate)
        await time.waitForSleepers(2)
        let fastCalls = calls(2, of: fast, until: fastGate)
        await eventually { await limiter.waitingCount == 2 }
        #expect(fastGate.arrivals == 0)
        time.advance(by: SharedCallLimit.longest)
        await eventually { fastGate.arrivals == 2 }
        fastGate.open()
        for task in fastCalls { try await task.value }
        slowGate.open()
        for task in slowCalls { try await task.value }

        // The slow client neither waits nor counts, until a call of it was fast.
        let (gate, other) = (Latch(), Latch())
        let full = calls(2, of: fast, until: gate)
        await time.waitForSleepers(2)
        try await calls(1, of: slow, until: slowGate)[0].value
        let again = calls(1, of: slow, until: other)
        await eventually { await limiter.waitingCount == 1 }
        #expect(other.arrivals == 0)
        gate.open()
        other.open()
        for task in full + again { try await task.value }
    }

    @Test("gives each turn back once, whether the call ends, fails, takes long or is cancelled")
    func turns() async throws {
        struct Failure: Error {}
        let client = client()
        for _ in 0..<3 {
            await #expect(throws: Failure.self) { try await client.withTurn { throw Failure() } }
            let gate = Latch()
            let long = calls(2, of: self.client(), until: gate)
            await time.waitForSleepers(2)
            let waiting = calls(1, of: client, until: Latch())[0]
            await eventually { await limiter.waitingCount == 1 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            time.advance(by: SharedCallLimit.longest)
            gate.open()
            for task in long { try await task.value }
        }
        // Both turns are there, and no more.
        let gate = Latch()
        let tasks = calls(3, of: client, until: gate)
        await eventually { await limiter.waitingCount == 1 }
        #expect(gate.arrivals == 2)
        gate.open()
        for task in tasks { try await task.value }
    }

    @Test("is the same for all clients until it changes")
    func renewed() {
        let shared = SharedCallLimiter()
        let first = shared.limiter(3)
        #expect(shared.limiter(3) === first)
        #expect(shared.limiter(4) !== first)
        #expect(shared.limiter(4) === shared.limiter(4))
    }
}
