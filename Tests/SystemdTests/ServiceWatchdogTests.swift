import MailStoreAPI
import TestSupport
import Testing

@testable import OperatingSystem
@testable import Systemd

@Suite("Signs of life")
struct ServiceWatchdogTests {
    private let time = ManualTime()
    private let log = RecordingLog()

    private func notifier(_ inbox: NotificationInbox, period: String = "60000000") -> ServiceNotifier {
        ServiceNotifier(
            ServiceEnvironment(["NOTIFY_SOCKET": inbox.name, "WATCHDOG_USEC": period]), logger: log.logger)
    }

    /// Runs the watchdog while `body` moves the clock.
    private func watching(
        _ checks: [LivenessCheck], _ body: (NotificationInbox) async throws -> Void
    ) async throws {
        let inbox = try NotificationInbox()
        let notifier = notifier(inbox)
        let clock = time.clock
        let task = Task { await notifier.run(checks, clock: clock) }
        await time.waitForSleepers(1)
        try await body(inbox)
        task.cancel()
        await task.value
    }

    /// Moves the clock, and waits until the watchdog sleeps again.
    private func pass(_ duration: Duration) async {
        time.advance(by: duration)
        await time.waitForSleepers(1)
    }

    @Test("are given at half of the time that the manager grants")
    func beats() async throws {
        try await watching([]) { inbox in
            await pass(.seconds(29))
            #expect(inbox.all().isEmpty)
            await pass(.seconds(1))
            #expect(inbox.all() == [["WATCHDOG=1"]])
            await pass(.seconds(30))
            #expect(inbox.all() == [["WATCHDOG=1"]])
        }
    }

    @Test("stay away while a check is not well, which is asked again sooner, and logged once")
    func trouble() async throws {
        let problem = Locked<String?>("the endpoint is deaf")
        let asked = Locked(0)
        let good = LivenessCheck(silence: "silent") { nil }
        let bad = LivenessCheck(silence: "silent") {
            asked.withLock { $0 += 1 }
            return problem.withLock { $0 }
        }
        try await watching([good, bad]) { inbox in
            await settled(asked, 1, after: .seconds(30))
            #expect(inbox.all() == [["STATUS=Not well: the endpoint is deaf"]])
            await settled(asked, 2, after: .seconds(6))
            #expect(inbox.all().isEmpty)
            #expect(log.events.map(\.level) == [.error])
            #expect(log.events.first?.metadata["problem"] == "the endpoint is deaf")
            problem.withLock { $0 = nil }
            await settled(asked, 3, after: .seconds(6))
            #expect(inbox.all() == [["WATCHDOG=1"]])
            #expect(log.events.map(\.level) == [.error, .notice])
        }
    }

    @Test("stay away where a check hangs, without waiting for it")
    func hanging() async throws {
        let hung = LivenessCheck(silence: "somebody hangs") {
            let (never, continuation) = AsyncStream<Never>.makeStream()
            for await _ in never {}
            withExtendedLifetime(continuation) {}
            return nil
        }
        try await watching([hung]) { inbox in
            // The limit of the check sleeps in the watchdog's place.
            await pass(.seconds(30))
            await pass(.seconds(6))
            #expect(inbox.all() == [["STATUS=Not well: somebody hangs"]])
        }
    }

    @Test("are none where the manager wants none")
    func unwanted() async throws {
        let inbox = try NotificationInbox()
        let notifier = notifier(inbox, period: "0")
        let clock = time.clock
        let task = Task { await notifier.run([], clock: clock) }
        time.advance(by: .seconds(3600))
        task.cancel()
        await task.value
        #expect(inbox.all() == [["STOPPING=1", "STATUS=Stopping"]])
        #expect(time.sleeperCount == 0)
    }

    /// Moves the clock, and waits until a check was asked that often and the watchdog sleeps with nothing under way.
    private func settled(_ asked: Locked<Int>, _ count: Int, after duration: Duration) async {
        time.advance(by: duration)
        while asked.withLock({ $0 }) < count { await Task.yield() }
        // What is left of a check is its limit, cancelled a moment later.
        while time.sleeperCount != 1 { await Task.yield() }
    }
}
