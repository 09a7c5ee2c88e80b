import OperatingSystem
import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("The limit of calls at once", .timeLimit(.minutes(1)))
struct CallLimiterTests {
    @Test("is reached and never passed", arguments: [1, 2, 5])
    func limit(_ limit: Int) async throws {
        let limiter = CallLimiter(limit: limit)
        let gate = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { try await limiter.withSlot { await gate.passed() } }
            }
            await eventually { await limiter.waitingCount == 20 - limit }
            await eventually { gate.arrivals == limit }
            gate.open()
            try await group.waitForAll()
        }
        #expect(gate.arrivals == 20)
        #expect(await limiter.waitingCount == 0)
    }

    @Test("is never passed, however calls come and go", arguments: [1, 3])
    func churn(limit: Int) async throws {
        let limiter = CallLimiter(limit: limit)
        let active = Locked((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let call = Task {
                        try await limiter.withSlot {
                            active.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            for _ in 0..<number % 7 { await Task.yield() }
                            active.withLock { $0.now -= 1 }
                            if number % 5 == 0 { throw CancellationError() }
                        }
                    }
                    if number % 3 == 0 { call.cancel() }
                    _ = await call.result
                }
            }
        }
        #expect(active.withLock { $0.now } == 0)
        #expect((1...limit).contains(active.withLock { $0.most }))
        // All places are free again: so many tasks pass at once.
        let gate = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<limit { group.addTask { try await limiter.withSlot { await gate.passed() } } }
            await eventually { gate.arrivals == limit }
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test("lets those who wait in by the order in which they came")
    func order() async throws {
        let limiter = CallLimiter(limit: 1)
        let gate = Latch()
        let order = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await limiter.withSlot { await gate.passed() } }
            await eventually { gate.arrivals == 1 }
            for number in 0..<10 {
                group.addTask { try await limiter.withSlot { order.withLock { $0.append(number) } } }
                await eventually { await limiter.waitingCount == number + 1 }
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.withLock { $0 } == Array(0..<10))
    }

    @Test("forgets those who are cancelled while they wait, and keeps the order of the others")
    func cancellation() async throws {
        let limiter = CallLimiter(limit: 1)
        let gate = Latch()
        let order = Locked<[Int]>([])
        let holder = Task { try await limiter.withSlot { await gate.passed() } }
        await eventually { gate.arrivals == 1 }
        var waiting: [Task<Void, any Error>] = []
        for number in 0..<4 {
            waiting.append(Task { try await limiter.withSlot { order.withLock { $0.append(number) } } })
            await eventually { await limiter.waitingCount == number + 1 }
        }
        for number in [0, 2] {
            waiting[number].cancel()
            await #expect(throws: CancellationError.self) { try await waiting[number].value }
        }
        #expect(await limiter.waitingCount == 2)
        gate.open()
        try await holder.value
        try await waiting[1].value
        try await waiting[3].value
        #expect(order.withLock { $0 } == [1, 3])
    }

    @Test("refuses a task that was cancelled before it had to wait")
    func cancelledBefore() async throws {
        let limiter = CallLimiter(limit: 1)
        let gate = Latch()
        let holder = Task { try await limiter.withSlot { await gate.passed() } }
        await eventually { gate.arrivals == 1 }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await limiter.withSlot { Issue.record("a cancelled task was let in") }
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(await limiter.waitingCount == 0)
        gate.open()
        try await holder.value
    }

    @Test("gives a place back when its call fails")
    func failure() async throws {
        struct Failure: Error {}
        let limiter = CallLimiter(limit: 1)
        for _ in 0..<3 {
            await #expect(throws: Failure.self) { _ = try await limiter.withSlot { throw Failure() } }
        }
        #expect(try await limiter.withSlot { 5 } == 5)
    }

    @Test("is at least one", arguments: [0, -1, Int.min])
    func atLeastOne(limit: Int) async throws {
        #expect(try await CallLimiter(limit: limit).withSlot { true })
    }
}
