import TestSupport
import Testing

@testable import OperatingSystem
@testable import Systemd

@Suite("Notifications of a service manager")
struct ServiceNotifierTests {
    private let log = RecordingLog()

    private func notifier(_ socket: String?, watchdog: String? = nil) -> ServiceNotifier {
        var variables: [String: String] = [:]
        variables["NOTIFY_SOCKET"] = socket
        variables["WATCHDOG_USEC"] = watchdog
        return ServiceNotifier(ServiceEnvironment(variables), logger: log.logger, monotonicMicroseconds: { 123_456 })
    }

    @Test("go to a path or to an abstract socket", arguments: [false, true])
    func arrive(isAbstract: Bool) throws {
        let inbox = try NotificationInbox(isAbstract: isAbstract)
        let notifier = notifier(inbox.name)
        notifier.ready("Watching 2 targets")
        #expect(inbox.next() == ["READY=1", "STATUS=Watching 2 targets"])
        notifier.status("All is well")
        #expect(inbox.next() == ["STATUS=All is well"])
        #expect(inbox.next() == nil)
        #expect(log.events.isEmpty)
    }

    @Test("report when a reload began by the manager's clock, in one datagram")
    func reload() throws {
        let inbox = try NotificationInbox()
        notifier(inbox.name).reloading()
        let lines = try #require(inbox.next())
        #expect(lines.prefix(2) == ["RELOADING=1", "MONOTONIC_USEC=123456"])
    }

    @Test("hold no line that the text of a status would add")
    func injection() throws {
        let inbox = try NotificationInbox()
        notifier(inbox.name).ready("one\nSTOPPING=1\r\u{0}two")
        #expect(inbox.next() == ["READY=1", "STATUS=one STOPPING=1  two"])
    }

    @Test("are not sent without a service manager")
    func unmanaged() async {
        let notifier = notifier(nil)
        notifier.ready("x")
        notifier.reloading()
        notifier.status("x")
        #expect(log.events.isEmpty)
    }

    @Test(
        "are disabled with a warning if the socket's name is not valid",
        arguments: ["relative", "@", "vsock:2:9999", "/" + String(repeating: "x", count: 200)])
    func badName(name: String) {
        let notifier = notifier(name)
        notifier.ready("x")
        #expect(log.events.map(\.level) == [.warning])
        #expect(
            log.events.first?.message
                == "the service manager cannot be notified: $NOTIFY_SOCKET is not usable; leave it to systemd to set it"
        )
    }

    @Test("that do not arrive are logged once, and arrive again when the manager is back")
    func lost() throws {
        let unique = "notify-of-a-manager-that-restarts-\(UInt32.random(in: 0 ... .max))"
        var inbox: NotificationInbox? = try NotificationInbox(unique)
        let notifier = notifier(try #require(inbox?.name))
        inbox = nil
        notifier.status("one")
        notifier.status("two")
        inbox = try NotificationInbox(unique)
        notifier.status("three")
        #expect(inbox?.all() == [["STATUS=three"]])
        #expect(log.events.count == 1)
        #expect(log.events.first?.metadata["notification"] == "STATUS=one")
    }

    @Test("end with one that the program stops, when its task is cancelled")
    func stopping() async throws {
        let inbox = try NotificationInbox()
        let notifier = notifier(inbox.name)
        let task = Task { await notifier.run(LivenessCheck(silence: "") { nil }, clock: .system) }
        task.cancel()
        await task.value
        #expect(inbox.all() == [["STOPPING=1", "STATUS=Stopping"]])
    }
}

@Suite("Watchdog keep-alives")
struct ServiceWatchdogTests {
    private let time = ManualTime()
    private let log = RecordingLog()
    /// Sleeps of the watchdog, and of the limits of its checks, that have ended.
    private let endedSleeps = Locked(0)

    private func notifier(_ inbox: NotificationInbox, period: String = "60000000") -> ServiceNotifier {
        ServiceNotifier(
            ServiceEnvironment(["NOTIFY_SOCKET": inbox.name, "WATCHDOG_USEC": period]), logger: log.logger)
    }

    /// Runs the watchdog while `body` moves the clock.
    private func watching(
        _ check: LivenessCheck, _ body: (NotificationInbox) async throws -> Void
    ) async throws {
        let inbox = try NotificationInbox()
        let notifier = notifier(inbox)
        var clock = time.clock
        let (sleep, endedSleeps) = (clock.sleep, endedSleeps)
        clock.sleep = { duration in
            defer { endedSleeps.withLock { $0 += 1 } }
            try await sleep(duration)
        }
        let task = Task { [clock] in await notifier.run(check, clock: clock) }
        await time.waitForSleepers(1)
        try await body(inbox)
        task.cancel()
        await task.value
    }

    /// Moves the clock, and waits until that many checks have ended and the watchdog sleeps again.
    ///
    /// Two sleeps end for each check: the watchdog's, and the limit of the check.
    private func pass(_ duration: Duration, checks: Int) async {
        time.advance(by: duration)
        while endedSleeps.withLock({ $0 }) < checks * 2 || time.sleeperCount != 1 { await Task.yield() }
    }

    @Test("are sent at half of the period that the manager sets")
    func period() async throws {
        try await watching(LivenessCheck(silence: "") { nil }) { inbox in
            await pass(.seconds(29), checks: 0)
            #expect(inbox.all().isEmpty)
            await pass(.seconds(1), checks: 1)
            #expect(inbox.all() == [["WATCHDOG=1"]])
            await pass(.seconds(30), checks: 2)
            #expect(inbox.all() == [["WATCHDOG=1"]])
        }
    }

    @Test("are withheld while the check finds a problem, which is logged once; the check then runs sooner")
    func problem() async throws {
        let problem = Locked<String?>("the endpoint is deaf")
        try await watching(LivenessCheck(silence: "") { problem.withLock { $0 } }) { inbox in
            await pass(.seconds(30), checks: 1)
            #expect(inbox.all() == [["STATUS=Unhealthy: the endpoint is deaf"]])
            await pass(.seconds(6), checks: 2)
            #expect(inbox.all().isEmpty)
            #expect(log.events.map(\.level) == [.error])
            #expect(log.events.first?.metadata["problem"] == "the endpoint is deaf")
            problem.withLock { $0 = nil }
            await pass(.seconds(6), checks: 3)
            #expect(inbox.all() == [["WATCHDOG=1"]])
            #expect(log.events.map(\.level) == [.error, .notice])
        }
    }

    @Test("are withheld if the check hangs, without waiting for it")
    func hanging() async throws {
        let hung = LivenessCheck(silence: "the check hangs") {
            let (never, continuation) = AsyncStream<Never>.makeStream()
            for await _ in never {}
            withExtendedLifetime(continuation) {}
            return nil
        }
        try await watching(hung) { inbox in
            time.advance(by: .seconds(30))
            // The limit of the check.
            await time.waitForSleepers(1)
            await pass(.seconds(6), checks: 1)
            #expect(inbox.all() == [["STATUS=Unhealthy: the check hangs"]])
        }
    }

    @Test("are not sent if the manager wants none")
    func unwanted() async throws {
        let inbox = try NotificationInbox()
        let notifier = notifier(inbox, period: "0")
        let clock = time.clock
        let task = Task { await notifier.run(LivenessCheck(silence: "") { nil }, clock: clock) }
        time.advance(by: .seconds(3600))
        task.cancel()
        await task.value
        #expect(inbox.all() == [["STOPPING=1", "STATUS=Stopping"]])
        #expect(time.sleeperCount == 0)
    }
}
