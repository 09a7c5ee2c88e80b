import Foundation
import MailStoreAPI
import PlainText
import TestSupport
import Testing

@testable import OperatingSystem

@Suite("Instants and durations")
struct TimestampTests {
    @Test(
        "an instant prints as RFC 3339 writes it, cut to the second",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_769_903_999.999, "2026-01-31T23:59:59Z"), (-0.5, "1969-12-31T23:59:59Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (253_402_300_799.5, "9999-12-31T23:59:59Z"),
            (-62_135_596_800.5, "-62135596800.5 s since 1970"), (253_402_300_800, "253402300800.0 s since 1970"),
            (1e300, "1e+300 s since 1970"), (-.infinity, "-inf s since 1970"), (.nan, "nan s since 1970"),
        ] as [(Double, String)])
    func description(seconds: Double, text: String) {
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }

    @Test("instants and durations add up")
    func arithmetic() {
        let instant = Timestamp(secondsSince1970: 1000)
        #expect(instant + .milliseconds(1500) == Timestamp(secondsSince1970: 1001.5))
        #expect(instant - .seconds(1001) == Timestamp(secondsSince1970: -1))
        #expect(instant.since(Timestamp(secondsSince1970: 997.75)) == .milliseconds(2250))
        #expect(instant.since(Timestamp(secondsSince1970: 1001)) == .seconds(-1))
        #expect(instant < instant + .nanoseconds(1_000_000))
        #expect(!(instant < instant))
    }

    @Test(
        "the time between absurd instants is long, not a crash",
        arguments: [(1e300, -1e300), (.greatestFiniteMagnitude, -.greatestFiniteMagnitude), (.infinity, 0)])
    func absurd(late: Double, early: Double) {
        let late = Timestamp(secondsSince1970: late)
        let early = Timestamp(secondsSince1970: early)
        #expect(late.since(early) == .seconds(1_000_000_000_000_000))
        #expect(early.since(late) == .seconds(-1_000_000_000_000_000))
    }

    @Test("an instant is saved as a bare number and read back equal")
    func coding() throws {
        let instants = [Timestamp(secondsSince1970: 0.125), Timestamp(secondsSince1970: 1_769_903_999)]
        let data = try JSONEncoder().encode(instants)
        #expect(String(decoding: data, as: UTF8.self) == "[0.125,1769903999]")
        #expect(try JSONDecoder().decode([Timestamp].self, from: data) == instants)
    }

    @Test(
        "a duration is told in seconds and milliseconds",
        arguments: [
            (.zero, 0, 0), (.seconds(90), 90, 90_000), (.microseconds(1999), 0.001999, 1),
            (.milliseconds(-1500), -1.5, -1500),
            (.microseconds(-1999), -0.001999, -1),
        ] as [(Duration, Double, Int64)])
    func durations(duration: Duration, seconds: Double, milliseconds: Int64) {
        #expect(abs(duration.inSeconds - seconds) < 1e-12)
        #expect(duration.inMilliseconds == milliseconds)
    }

    @Test("what is left until a deadline shrinks to nothing and no further")
    func deadline() {
        let time = ManualTime()
        let deadline = Deadline(after: .seconds(10), clock: time.clock)
        #expect(deadline.remaining == .seconds(10))
        time.advance(by: .seconds(4))
        #expect(deadline.remaining == .seconds(6))
        time.now = Timestamp(secondsSince1970: 0)
        #expect(deadline.remaining == .seconds(6))
        time.advance(by: .seconds(60))
        #expect(deadline.remaining == .zero)
    }

    @Test("this machine's clocks tell a plausible time, go forward, and wait")
    func system() async throws {
        let clocks = Clock.system
        #expect(clocks.now() > Timestamp(secondsSince1970: 1_700_000_000))
        let before = clocks.uptime()
        try await clocks.sleep(.milliseconds(1))
        #expect(clocks.uptime() > before)
    }
}

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
