internal import Glibc
package import Logging
package import OperatingSystem

/// Tells the service manager how the program is, by the protocol of sd_notify(3).
///
/// Where nobody manages the program every call does nothing. A notification that does not arrive is logged, once: the
/// program goes on, and what follows is the manager's decision.
package final class ServiceNotifier: Sendable {
    private let socket: NotifySocket?
    private let watchdogPeriod: Duration?
    private let logger: Logger
    private let monotonicMicroseconds: @Sendable () -> Int64
    private let hasComplained = Locked(false)

    /// - Parameter monotonicMicroseconds: the clock CLOCK_MONOTONIC, by which systemd tells one reload from another.
    package init(
        _ environment: ServiceEnvironment, logger: Logger,
        monotonicMicroseconds: @escaping @Sendable () -> Int64 = ServiceNotifier.monotonicClock
    ) {
        self.logger = logger
        self.monotonicMicroseconds = monotonicMicroseconds
        var socket: NotifySocket?
        if let name = environment.notifySocket {
            do throws(ServiceError) {
                socket = try NotifySocket(name)
            } catch {
                logger.warning(
                    "the service manager cannot be notified: $NOTIFY_SOCKET cannot be used",
                    metadata: ["error": "\(error)"])
            }
        }
        self.socket = socket
        watchdogPeriod = socket == nil ? nil : environment.watchdogPeriod
    }

    /// The program listens and has its first pages; also the end of a reload, however it went.
    ///
    /// - Parameter status: a line for people who ask the manager.
    package func ready(_ status: String) {
        send(["READY=1", "STATUS=\(Self.line(status))"])
    }

    /// The line for people of an exporter that watches so many targets.
    package static func watching(_ count: Int) -> String {
        "Watching \(count) target\(count == 1 ? "" : "s")"
    }

    /// A reload begins; ``ready(_:)`` ends it.
    package func reloading() {
        send(["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds())", "STATUS=Reading the configuration again"])
    }

    /// Changes the line for people.
    package func status(_ status: String) {
        send(["STATUS=\(Self.line(status))"])
    }

    /// Gives signs of life until the task is cancelled, and tells then that the program stops.
    ///
    /// - Parameter checks: what must be well for a sign of life.
    package func run(_ checks: [LivenessCheck], clock: Clock) async {
        if let watchdogPeriod {
            let watchdog = ServiceWatchdog(
                period: watchdogPeriod, checks: checks, clock: clock, logger: logger,
                beat: { self.send(["WATCHDOG=1"]) },
                complain: { self.status("Not well: \($0)") })
            await watchdog.run()
        } else {
            let (untilCancelled, continuation) = AsyncStream<Never>.makeStream()
            for await _ in untilCancelled {}
            continuation.finish()
        }
        send(["STOPPING=1", "STATUS=Stopping"])
    }

    private func send(_ assignments: [String]) {
        guard let socket else { return }
        do throws(ServiceError) {
            try socket.send(assignments.joined(separator: "\n"))
        } catch {
            let isFirst = hasComplained.withLock { complained in
                defer { complained = true }
                return !complained
            }
            guard isFirst else { return }
            logger.warning(
                "the service manager was not reached: it may take the program for hung, and restart it",
                metadata: ["error": "\(error)", "notification": "\(assignments[0])"])
        }
    }

    /// What has lines would be read as further assignments.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }).prefix(400))
    }

    private static let monotonicClock: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
