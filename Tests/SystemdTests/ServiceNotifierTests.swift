import TestSupport
import Testing

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

    @Test("tell of a reload when it began by the manager's clock, in one datagram")
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

    @Test("are none where nobody manages the program")
    func unmanaged() async {
        let notifier = notifier(nil)
        notifier.ready("x")
        notifier.reloading()
        notifier.status("x")
        #expect(log.events.isEmpty)
    }

    @Test(
        "are given up with a warning where the socket's name cannot be one",
        arguments: ["relative", "@", "vsock:2:9999", "/" + String(repeating: "x", count: 200)])
    func badName(name: String) {
        let notifier = notifier(name)
        notifier.ready("x")
        #expect(log.events.map(\.level) == [.warning])
        #expect(log.events.first?.message == "the service manager cannot be notified: $NOTIFY_SOCKET cannot be used")
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
        let task = Task { await notifier.run([], clock: .system) }
        task.cancel()
        await task.value
        #expect(inbox.all() == [["STOPPING=1", "STATUS=Stopping"]])
    }
}
