import MailStoreAPI
import TestSupport
import Testing

@testable import OperatingSystem

@Suite("Time moved by hand", .timeLimit(.minutes(1)))
struct ManualTimeTests {
    @Test("a sleeper wakes when its time has come, not before")
    func waking() async throws {
        let time = ManualTime(now: Timestamp(secondsSince1970: 500), uptime: .seconds(10))
        let clocks = time.clock
        async let slept: Void = clocks.sleep(.seconds(30))
        await time.waitForSleepers(1)
        time.advance(by: .seconds(29))
        #expect(time.sleeperCount == 1)
        time.advance(by: .seconds(1))
        #expect(time.sleeperCount == 0)
        try await slept
        #expect(clocks.now() == Timestamp(secondsSince1970: 530))
        #expect(clocks.uptime() == .seconds(40))
    }

    @Test("a sleep of no length is over at once")
    func zero() async throws {
        try await ManualTime().clock.sleep(.zero)
        try await ManualTime().clock.sleep(.seconds(-1))
    }

    @Test("a cancelled sleeper wakes with an error, whether it was asleep or about to be")
    func cancellation() async {
        let time = ManualTime()
        let clocks = time.clock
        let asleep = Task { try await clocks.sleep(.seconds(30)) }
        await time.waitForSleepers(1)
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(time.sleeperCount == 0)

        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clocks.sleep(.seconds(30))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test("several sleepers can be waited for")
    func several() async throws {
        let time = ManualTime()
        let clocks = time.clock
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in 1...5 { group.addTask { try await clocks.sleep(.seconds(seconds)) } }
            await time.waitForSleepers(5)
            time.advance(by: .seconds(3))
            #expect(time.sleeperCount == 2)
            time.advance(by: .seconds(2))
            try await group.waitForAll()
        }
    }
}
