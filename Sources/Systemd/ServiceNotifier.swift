internal import Glibc
package import Logging
package import OperatingSystem

/// Sends the state of the program to the service manager, in the protocol of sd_notify(3).
///
/// Without a service manager the calls do nothing. The first notification that cannot be delivered is logged, and the
/// program continues.
package final class ServiceNotifier: Sendable {
    private let socket: NotifySocket?
    private let watchdogPeriod: Duration?
    private let logger: Logger
    private let monotonicMicroseconds: @Sendable () -> Int64
    private let hasFailed = Locked(false)

    /// - Parameter monotonicMicroseconds: The time of CLOCK_MONOTONIC, which systemd uses to order reloads.
    package init(
        _ environment: ServiceEnvironment, logger: Logger,
        monotonicMicroseconds: @escaping @Sendable () -> Int64 = ServiceNotifier.monotonicClock
    ) {
        self.logger = logger
        self.monotonicMicroseconds = monotonicMicroseconds
        var socket: NotifySocket?
        if let name = environment.notifySocket {
            do throws(NotifyError) {
                socket = try NotifySocket(name)
            } catch {
                logger.warning(
                    "the service manager cannot be notified: $NOTIFY_SOCKET is not usable; leave it to systemd to set it",
                    metadata: ["error": "\(error)"])
            }
        }
        self.socket = socket
        watchdogPeriod = socket == nil ? nil : environment.watchdogPeriod
    }

    /// Reports that the program listens and has its first pages, or that a reload has ended, successfully or not.
    ///
    /// - Parameter status: The line that `systemctl status` shows.
    package func ready(_ status: String) {
        send(["READY=1", "STATUS=\(Self.line(status))"])
    }

    /// The status line of an exporter with this number of targets.
    package static func watching(_ count: Int) -> String {
        "Watching \(count) target\(count == 1 ? "" : "s")"
    }

    /// Reports the start of a reload; ``ready(_:)`` ends it.
    package func reloading() {
        send(["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds())", "STATUS=Reloading the configuration"])
    }

    /// Changes the line that `systemctl status` shows.
    package func status(_ status: String) {
        send(["STATUS=\(Self.line(status))"])
    }

    /// Sends watchdog keep-alives until the task is cancelled, and then reports that the program stops.
    ///
    /// - Parameter check: If it reports a problem, the keep-alive is withheld.
    package func run(_ check: LivenessCheck, clock: Clock) async {
        if let watchdogPeriod {
            await sendKeepAlives(within: watchdogPeriod, check, clock)
        } else {
            let (untilCancelled, continuation) = AsyncStream<Never>.makeStream()
            for await _ in untilCancelled {}
            continuation.finish()
        }
        send(["STOPPING=1", "STATUS=Stopping"])
    }

    /// Sends a keep-alive every half period.
    ///
    /// After a problem the check runs more often, about five times in the second half, so that a brief problem does not
    /// cause a restart. If the program's tasks no longer run, no keep-alive is sent either.
    private func sendKeepAlives(within period: Duration, _ check: LivenessCheck, _ clock: Clock) async {
        var hasProblem = false
        while !Task.isCancelled {
            do { try await clock.sleep(hasProblem ? period / 10 : period / 2) } catch { return }
            let problem = await check.problem(within: period / 10, sleep: clock.sleep)
            if Task.isCancelled { return }
            if let problem {
                if !hasProblem {
                    logger.error(
                        "watchdog keep-alive withheld: systemd restarts the exporter if the problem persists",
                        metadata: ["problem": "\(problem)"])
                    status("Unhealthy: \(problem)")
                }
            } else {
                if hasProblem { logger.notice("watchdog keep-alive resumed") }
                send(["WATCHDOG=1"])
            }
            hasProblem = problem != nil
        }
    }

    private func send(_ assignments: [String]) {
        guard let socket else { return }
        do throws(NotifyError) {
            try socket.send(assignments.joined(separator: "\n"))
        } catch {
            let isFirst = hasFailed.withLock { failed in
                defer { failed = true }
                return !failed
            }
            guard isFirst else { return }
            logger.warning(
                "a notification did not reach the service manager, which may restart the exporter",
                metadata: ["error": "\(error)", "notification": "\(assignments[0])"])
        }
    }

    /// Replaces line breaks, which would begin another assignment.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }).prefix(400))
    }

    private static let monotonicClock: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// The condition for watchdog keep-alives.
package struct LivenessCheck: Sendable {
    /// Returns a short description of the problem, or nil; it may never return if something hangs.
    package var problem: @Sendable () async -> String?
    /// The problem to report if the check takes too long.
    private var silence: String

    package init(silence: String, problem: @escaping @Sendable () async -> String?) {
        self.silence = silence
        self.problem = problem
    }

    /// Runs the check with a time limit.
    ///
    /// A check that hangs is abandoned, because the program is about to be restarted.
    func problem(
        within limit: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async -> String? {
        let isOpen = Locked(true)
        return await withCheckedContinuation { continuation in
            let answer: @Sendable (String?) -> Void = { problem in
                let isFirst = isOpen.withLock { open in
                    defer { open = false }
                    return open
                }
                if isFirst { continuation.resume(returning: problem) }
            }
            let limiter = Task {
                do { try await sleep(limit) } catch { return }
                answer(silence)
            }
            Task {
                answer(await problem())
                limiter.cancel()
            }
        }
    }
}
