import Ledger
import Logging
import MailStoreAPI
import OperatingSystem

/// Counts and logs what is odd about the ids and times of one target's outcomes.
///
/// A condition that lasts is logged when it begins and once a day, not at every reading.
package final class OutcomeLog: Sendable {
    private static let repetition = Duration.seconds(86_400)
    /// Ages and alerts are in hours, and a few minutes more or less do not matter to them.
    private static let largeSkew = 300.0

    private struct State {
        /// When a message was last logged, on the monotonic clock.
        var logged: [String: Duration] = [:]
        var hasLargeSkew = false
    }

    private let statistics: TargetStatistics
    private let server: ServerClock
    private let limits: OutcomeLedger.Limits
    private let clock: Clock
    private let logger: Logger
    private let state = Locked(State())

    init(
        statistics: TargetStatistics, server: ServerClock, limits: OutcomeLedger.Limits, clock: Clock, logger: Logger
    ) {
        self.statistics = statistics
        self.server = server
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }

    /// Reports what a fold of a reply has met.
    func folded(_ folded: OutcomeLedger.Folded, of function: InformationalFunction) {
        statistics.countUnknownValues(of: .result, folded.unknownResults)
        implausible(folded.implausibleTimes, of: function)
        if folded.reusedIDs > 0 {
            statistics.countReusedIDs(of: function.rawValue, folded.reusedIDs)
            warn(
                """
                ids of runs occur again with other starts: these runs are counted; the server's database was restored \
                or set up anew
                """,
                function, ["runs": "\(folded.reusedIDs)"])
        }
        if folded.undecidedRuns > 0 {
            warn(
                """
                the server's clock was set back, and runs without a number as id may be new or old: they are not \
                counted; set the server's clock
                """,
                function, ["runs": "\(folded.undecidedRuns)"])
        }
        if folded.unlistedRuns > 0 {
            statistics.countSkippedRows(of: function.rawValue, folded.unlistedRuns)
            warn(
                """
                runs belong to jobs or profiles that the server does not list, and too many of these are remembered: \
                the runs are not counted; find out what makes the server report them
                """,
                function,
                ["runs": "\(folded.unlistedRuns)", "limit": "\(limits.unlistedEntries)"])
        }
    }

    /// Reports what settling has changed.
    func settled(_ settled: LedgerStore.Settled) {
        statistics.countUnknownValues(of: .result, settled.unknownResults)
        implausible(settled.implausibleJobTimes, of: .getJobResults)
        implausible(settled.implausibleProfileTimes, of: .getWorkerResults)
        if settled.verificationsLeftOut > 0 {
            warn(
                """
                jobs have verified stores too often: the newest verifications are not counted for their stores; find \
                out what makes the server report them
                """,
                .getJobResults,
                [
                    "verifications": "\(settled.verificationsLeftOut)",
                    "limit": "\(limits.verifications)",
                ])
        }
    }

    /// Reports times that are not believed.
    private func implausible(_ count: Int, of function: InformationalFunction) {
        guard count > 0 else { return }
        statistics.countImplausibleTimes(of: function.rawValue, count)
        warn(
            """
            times of runs mean "none" or lie in the future: the runs are counted, the times are not used; check the \
            server's clock
            """,
            function, ["times": "\(count)"])
    }

    /// Reports what a list of jobs, profiles or stores has changed.
    ///
    /// - Parameters:
    ///   - renewals: Those whose id belonged to another one.
    ///   - forgotten: How many that are no longer listed were forgotten.
    func listed(_ renewals: [OutcomeLedger.Renewal], forgotten: Int, of function: InformationalFunction) {
        if forgotten > 0 {
            statistics.countForgottenItems(of: function.rawValue, forgotten)
            warn(
                """
                too many items are no longer listed: the counts of those that are missing longest are dropped; find \
                out why the server's list changes so much
                """,
                function, ["items": "\(forgotten)", "limit": "\(limits.unlistedEntries)"])
        }
        statistics.countReusedIDs(of: function.rawValue, renewals.count)
        for renewal in renewals {
            logger.warning(
                "an id belongs to another item than before, or to one that was gone: its outcomes are counted from 0",
                metadata: [
                    "function": "\(function.rawValue)", "id": "\(renewal.id)", "name": "\(renewal.name ?? "")",
                    "former_name": "\(renewal.formerName ?? "")",
                ])
        }
    }

    /// Reports a clock that is far from this machine's, and the end of that.
    func checkClock() {
        guard let skew = server.skew else { return }
        let isLarge = abs(skew) > Self.largeSkew
        let hasChanged = state.withLock { state in
            defer { state.hasLargeSkew = isLarge }
            return state.hasLargeSkew != isLarge
        }
        guard hasChanged else { return }
        let metadata: Logger.Metadata = ["clock_skew_seconds": "\(Int64(min(max(-1e15, skew), 1e15)))"]
        if isLarge {
            logger.warning(
                """
                the clock in the server's replies differs from this machine's: synchronise both; if a proxy answers, its \
                clock counts
                """,
                metadata: metadata)
        } else {
            logger.notice("the clock in the server's replies agrees with this machine's again", metadata: metadata)
        }
    }

    private func warn(_ message: Logger.Message, _ function: InformationalFunction, _ metadata: Logger.Metadata) {
        let now = clock.uptime()
        let isDue = state.withLock { state in
            let key = "\(function.rawValue) \(message)"
            if let last = state.logged[key], now - last < Self.repetition { return false }
            state.logged[key] = now
            return true
        }
        var metadata = metadata
        metadata["function"] = "\(function.rawValue)"
        logger.log(level: isDue ? .warning : .debug, message, metadata: metadata)
    }
}
