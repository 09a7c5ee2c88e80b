import Configuration
import Logging
import MailStoreAPI
import PlainText

/// Logs the failures of one target: when each begins, in a summary once an hour, and when it ends.
///
/// It does not log a failure at every run. What concerns the whole target is one failure, not one of each collector: a
/// failure that may do so waits until the next run of the heartbeat has decided about that.
struct FailureLog: Sendable {
    /// How often a continuing failure is logged again.
    static let summaryInterval = Duration.seconds(3600)

    /// A collector that has not succeeded since.
    private struct Failing {
        /// Those that were logged; a refusal of the function alone is another one than a refused login.
        var reasons: Set<String> = []
        var failures = 0
        var lastLine: Duration
        /// The failure that waits for the heartbeat.
        var held: APIError?
    }

    private let logger: Logger
    private var outages: OutageLog
    private var failing: [CollectorName: Failing] = [:]
    private var metadataReason: APIError.Reason?
    private var heldMetadata: APIError?
    private var hasOtherCase = false
    private var notes: Set<String> = []
    /// The kinds of flaws that were logged.
    private var flaws: Set<String> = []
    /// How many kinds are logged, so that a server that invents them does not fill the log.
    static let flawLimit = 100

    init(logger: Logger) {
        self.logger = logger
        outages = OutageLog(logger: logger)
    }

    /// Logs whether the target is up; for ``failed(_:_:at:)`` of the same run to come after it.
    ///
    /// - Parameters:
    ///   - error: The failure of the heartbeat.
    ///   - facts: What the server reports about itself.
    mutating func found(
        isUp: Bool, _ error: APIError?, _ certificate: CertificateInfo?, facts: Logger.Metadata, at now: Duration
    ) {
        if isUp { outages.foundUp(facts, at: now) } else { outages.foundDown(error, certificate, at: now) }
    }

    /// - Parameter now: The time on the monotonic clock.
    mutating func failed(_ collector: CollectorName, _ error: APIError, at now: Duration) {
        var state = failing[collector] ?? Failing(lastLine: now)
        state.failures += 1
        state.held = nil
        let isNew = !state.reasons.contains(error.kind)
        let isDue = !state.reasons.isEmpty && now - state.lastLine >= Self.summaryInterval
        let isOfTarget = error.mayConcernTarget && !error.concernsFunctionAlone
        if isOfTarget, outages.isUp == false || isNew {
            if outages.isUp != false { state.held = error }
            logger.debug("collector failed", metadata: Self.metadata([collector], error))
        } else if isNew {
            logger.warning("collector failed", metadata: Self.metadata([collector], error))
            state.reasons.insert(error.kind)
            state.lastLine = now
        } else if isDue {
            let failures: Logger.Metadata = ["failures": "\(state.failures)"]
            logger.warning(
                "collector still fails", metadata: Self.metadata([collector], error).merging(failures) { $1 })
            state.lastLine = now
        } else {
            logger.debug("collector failed", metadata: Self.metadata([collector], error))
        }
        failing[collector] = state
    }

    mutating func succeeded(_ collector: CollectorName) {
        guard let state = failing.removeValue(forKey: collector), !state.reasons.isEmpty else {
            logger.debug("collector succeeded", metadata: ["collector": "\(collector.rawValue)"])
            return
        }
        logger.notice(
            "collector works again",
            metadata: ["collector": "\(collector.rawValue)", "failures": "\(state.failures)"])
    }

    /// Logs what has waited for the heartbeat, unless it belongs to the failure of the target: one line for each reason.
    mutating func heartbeatEnded(at now: Duration) {
        if let error = heldMetadata, outages.isUp != false { logMetadata(error) }
        heldMetadata = nil
        var groups: [String: [(CollectorName, APIError)]] = [:]
        for name in CollectorName.allCases {
            guard var error = failing[name]?.held else { continue }
            failing[name]?.held = nil
            if outages.isUp == false { continue }
            // The same login was accepted for the heartbeat.
            if error.reason == .unauthorized || error.reason == .forbidden { error = error.concerningFunctionAlone() }
            failing[name]?.reasons.insert(error.kind)
            failing[name]?.lastLine = now
            groups[error.kind, default: []].append((name, error))
        }
        for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
            logger.warning("collector failed", metadata: Self.metadata(group.map(\.0), group[0].1))
        }
    }

    private static func metadata(_ collectors: [CollectorName], _ error: APIError) -> Logger.Metadata {
        [
            "collector": "\(collectors.map(\.rawValue).joined(separator: ","))", "function": "\(error.function)",
            "reason": "\(error.reason.rawValue)", "error": "\(error.description)",
        ]
    }

    /// A server that cannot be reached has no list of functions either: the heartbeat decides whether this is logged.
    mutating func failedMetadata(_ error: APIError) {
        heldMetadata = error
    }

    private mutating func logMetadata(_ error: APIError) {
        let level: Logger.Level = metadataReason == error.reason ? .debug : .warning
        metadataReason = error.reason
        logger.log(
            level: level, "cannot read the server's list of functions",
            metadata: ["reason": "\(error.reason.rawValue)", "error": "\(error.description)"])
    }

    mutating func succeededMetadata() {
        heldMetadata = nil
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
        // That a target is down is logged with its reason, and that its values expire goes without saying.
        logger.log(
            level: outages.isUp == false ? .debug : .warning, "stale values expired",
            metadata: ["collector": "\(collector.rawValue)", "max_age_seconds": "\(age.inSeconds)"])
    }
}

extension APIError {
    /// The kinds of failures that are logged apart.
    fileprivate var kind: String { concernsFunctionAlone ? "function" : reason.rawValue }

    /// Whether the cause may be one that concerns all functions.
    fileprivate var mayConcernTarget: Bool {
        switch reason {
        case .dns, .connect, .tls, .timeout, .unauthorized, .forbidden, .httpStatus, .badReply: true
        case .tooLarge, .apiError, .cancelled: false
        }
    }
}
