import Configuration
import Logging
import MailStoreAPI
import PlainText

/// Logs the failures of one target: when each begins, in a summary once an hour, and when it ends.
///
/// It does not log a failure at every run.
struct FailureLog: Sendable {
    /// How often a continuing failure is logged again.
    static let summaryInterval = Duration.seconds(3600)

    /// A collector that has not succeeded since.
    private struct Failing {
        /// Those that were logged; a refusal of the function alone is another one than a refused login.
        var reasons: Set<String> = []
        var failures = 0
        var lastLine: Duration
    }

    private let logger: Logger
    private var failing: [CollectorName: Failing] = [:]
    private var metadataReason: APIError.Reason?
    private var hasOtherCase = false
    private var notes: Set<String> = []
    /// The kinds of flaws that were logged.
    private var flaws: Set<String> = []
    /// How many kinds are logged, so that a server that invents them does not fill the log.
    static let flawLimit = 100

    init(logger: Logger) {
        self.logger = logger
    }

    /// - Parameter now: The time on the monotonic clock.
    mutating func failed(_ collector: CollectorName, _ error: APIError, at now: Duration) {
        var state = failing[collector] ?? Failing(lastLine: now)
        state.failures += 1
        let isNew = state.reasons.insert(error.concernsFunctionAlone ? "function" : error.reason.rawValue).inserted
        let isDue = now - state.lastLine >= Self.summaryInterval
        var metadata: Logger.Metadata = [
            "collector": "\(collector.rawValue)", "function": "\(error.function)",
            "reason": "\(error.reason.rawValue)", "error": "\(error.description)",
        ]
        if isNew || !isDue {
            logger.log(level: isNew ? .warning : .debug, "collector failed", metadata: metadata)
        } else {
            metadata["failures"] = "\(state.failures)"
            logger.warning("collector still fails", metadata: metadata)
        }
        if isNew || isDue { state.lastLine = now }
        failing[collector] = state
    }

    mutating func succeeded(_ collector: CollectorName) {
        guard let state = failing.removeValue(forKey: collector) else {
            logger.debug("collector succeeded", metadata: ["collector": "\(collector.rawValue)"])
            return
        }
        logger.notice(
            "collector works again",
            metadata: ["collector": "\(collector.rawValue)", "failures": "\(state.failures)"])
    }

    mutating func failedMetadata(_ error: APIError) {
        let level: Logger.Level = metadataReason == error.reason ? .debug : .warning
        metadataReason = error.reason
        logger.log(
            level: level, "cannot read the server's list of functions",
            metadata: ["reason": "\(error.reason.rawValue)", "error": "\(error.description)"])
    }

    mutating func succeededMetadata() {
        guard metadataReason != nil else { return }
        metadataReason = nil
        logger.notice("the server's list of functions can be read again")
    }

    /// Logs once if the server lists needed functions only with other capital letters; they are called nevertheless.
    mutating func listed(_ names: Set<String>, needed: [String]) {
        let lowercased = Set(names.map { $0.lowercased() })
        let others = needed.filter { !names.contains($0) && lowercased.contains($0.lowercased()) }
        if !others.isEmpty, !hasOtherCase {
            logger.warning(
                "the server lists functions with other capital letters than MailStore does; they are called as usual",
                metadata: ["functions": "\(others.joined(separator: ","))"])
        }
        hasOtherCase = !others.isEmpty
    }

    /// Logs each text once.
    mutating func noted(_ texts: [String]) {
        for text in texts where notes.insert(text).inserted {
            logger.warning("the configuration does not fit the server", metadata: ["problem": "\(text)"])
        }
    }

    /// Logs flaws of replies, each kind of flaw once.
    mutating func found(_ found: [ReplyFlaw]) {
        for flaw in found {
            let isNew =
                flaws.count < Self.flawLimit && flaws.insert("\(flaw.function) \(flaw.finding.kind)").inserted
            logger.log(
                level: isNew ? .warning : .debug, "\(flaw.finding.message)",
                metadata: [
                    "function": "\(flaw.function)", "count": "\(flaw.finding.count)", "first": "\(flaw.finding.first)",
                ])
        }
    }

    /// Logs that items are left out from now on, or no longer.
    func limited(_ budget: SeriesBudget, limit: Int) {
        guard budget.isLimited else {
            logger.notice("all series of the target are shown again")
            return
        }
        let shares = budget.limited.map { kind, share in
            ("\(kind)s", "\(share.shown) of \(share.total) shown")
        }
        var metadata: Logger.Metadata = ["limits.series_per_target": "\(limit)"]
        for (kind, text) in shares { metadata[kind] = "\(text)" }
        logger.warning(
            "series of the target are left out: raise the limit if the server really has so many items",
            metadata: metadata)
    }

    func expired(_ collector: CollectorName, after age: Duration) {
        logger.warning(
            "stale values expired",
            metadata: ["collector": "\(collector.rawValue)", "max_age_seconds": "\(age.inSeconds)"])
    }
}
