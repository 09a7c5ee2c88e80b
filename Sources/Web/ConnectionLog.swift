package import Logging
package import MicroHTTPServer
package import OperatingSystem

/// Logs that the limits of the web endpoint have effect: once when it begins, not for every connection.
package struct ConnectionLog: Sendable {
    private let server: @Sendable () -> ConnectionCounts
    private let budget: ConnectionBudget
    private let clock: Clock
    private let logger: Logger

    private static let interval = Duration.seconds(10)
    /// How long a limit must have had no effect until it is logged again.
    private static let quiet = Duration.seconds(3600)

    package init(
        counts: @escaping @Sendable () -> ConnectionCounts, budget: ConnectionBudget, clock: Clock, logger: Logger
    ) {
        server = counts
        self.budget = budget
        self.clock = clock
        self.logger = logger
    }

    /// Logs until the task is cancelled.
    package func run() async {
        var last = ConnectionCounts()
        var seen: [Limit: Duration] = [:]
        while !Task.isCancelled {
            let counts = server()
            let now = clock.uptime()
            for limit in Limit.allCases where limit.effects(in: counts) > limit.effects(in: last) {
                if seen[limit].map({ now - $0 >= Self.quiet }) ?? true { log(limit, counts) }
                seen[limit] = now
            }
            last = counts
            do { try await clock.sleep(Self.interval) } catch { return }
        }
    }

    /// A limit whose effect is logged.
    private enum Limit: CaseIterable {
        case total, perAddress, reading, descriptors

        func effects(in counts: ConnectionCounts) -> Int {
            switch self {
            case .total: counts.displaced + counts.dropped
            case .perAddress: counts.displacedOfAddress
            case .reading: counts.slow
            case .descriptors: counts.failedAccepts
            }
        }
    }

    private func log(_ limit: Limit, _ counts: ConnectionCounts) {
        switch limit {
        case .total:
            logger.warning(
                """
                the limit on connections to the web endpoint was reached; for each new connection the one that has \
                waited longest without a complete request is closed: find the clients that keep so many open, or raise \
                --web.max-connections
                """,
                metadata: ["limit": "\(budget.total)", "open": "\(counts.open)"])
        case .perAddress:
            logger.warning(
                """
                a client address reached the limit on its connections to the web endpoint; for each new connection of \
                this address the one that has waited longest without a complete request is closed: if many clients \
                share the address, raise --web.max-connections-per-address
                """,
                metadata: ["limit": "\(budget.perAddress)", "open": "\(counts.open)"])
        case .reading:
            logger.warning(
                """
                clients that read pages too slowly were disconnected: if they are scrapers, look at the network between \
                them and the exporter
                """,
                metadata: ["disconnected": "\(counts.slow)"])
        case .descriptors:
            logger.warning(
                """
                no file descriptor was left for a new connection to the web endpoint, which waits until one is free: \
                raise the limit (LimitNOFILE= in the systemd unit, or ulimit -Hn)
                """)
        }
    }
}
