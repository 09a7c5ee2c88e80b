import Ledger
import OperatingSystem
import PlainText

extension Status {
    /// The jobs, the profiles or the stores of a target: as many as are told, and how many there are.
    package struct Things: Sendable, Encodable {
        var total = 0
        /// Those whose last run was no success, and stores that report an error.
        var failing = 0
        /// Those whose last success is longer ago than it should be.
        var late = 0
        /// Those of which no run is known.
        var unknown = 0
        var items: [Thing] = []
    }

    /// A job, a profile or a store, and how its runs went.
    struct Thing: Sendable, Encodable {
        var id: String
        var name: String?
        /// The command of a job, without its arguments.
        var action: String?
        /// Whether a job is enabled.
        var enabled: Bool?
        /// Whether the server runs a profile by itself.
        var automatic: Bool?
        /// The state that a store was asked to be in.
        var state: String?
        var messages: Int64?
        var sizeBytes: Int64?
        /// What a store reports of itself: `error`, `upgrade`, `index_rebuild`.
        var needs: [String]?
        var health = Health.unknown
        var isLate = false
        var lastResult: String?
        /// What the last result amounts to by itself.
        var lastResultHealth: Health?
        var lastStart: Moment?
        var lastCompletion: Moment?
        var lastDurationSeconds: Double?
        var lastSuccess: Moment?
        var consecutiveFailures = 0
        var expectedIntervalSeconds: Double?
        var lastItemsArchived: Int64?
        /// Lines that look like damage in the log of the last verification that the exporter ran.
        var suspiciousLogLines: Int?
        var recentRuns: [RecentRun]?

        init(id: String, name: String?, hidesNames: Bool) {
            self.id = Target.named(id)
            self.name = hidesNames ? nil : name.map(Target.named)
        }

        /// - Parameter patience: How many of the expected intervals may pass since the last success.
        mutating func take(
            _ history: OutcomeHistory, expected: Double?, patience: Double, success: SuccessRule, at now: Timestamp
        ) {
            let summary = history.summary(success: success)
            let last = summary.lastRun
            lastResult = last?.result
            lastStart = Moment(last?.knownStart)
            lastCompletion = Moment(last?.knownCompletion)
            lastDurationSeconds = last?.duration
            lastItemsArchived = last?.itemsArchived
            lastSuccess = Moment(summary.lastSuccess)
            consecutiveFailures = summary.consecutiveFailures
            expectedIntervalSeconds = expected
            if let expected, let success = summary.lastSuccess {
                isLate = now.since(success).inSeconds > patience * expected
            }
            lastResultHealth = last.map { Health(result: $0.result, success: success) }
            health = lastResultHealth ?? .unknown
            if isLate, health == .good { health = .warning }
        }
    }

    /// One run of a strip.
    struct RecentRun: Sendable, Encodable {
        var result: String
        var health: Health
        /// When it was completed.
        var time: Moment?
        var durationSeconds: Int64?

        init(_ run: PastRun, success: SuccessRule) {
            result = run.result
            health = Health(result: run.result, success: success)
            time = Moment(run.time.map { Timestamp(secondsSince1970: Double($0)) })
            durationSeconds = run.duration
        }
    }
}

extension Status.Health {
    /// What a result amounts to; of a word that nobody knows it is not known either.
    init(result: String, success: SuccessRule) {
        self =
            switch result {
            case "succeeded": .good
            case "completedWithWarnings": .warning
            case "completedWithErrors": success.covers(result) ? .warning : .bad
            case "failed", "disconnected", "threadAbort", "cancelled", "lost": .bad
            default: .unknown
            }
    }

    /// How urgently somebody should look.
    var urgency: Int {
        switch self {
        case .bad: 3
        case .warning: 2
        case .unknown: 1
        case .good: 0
        }
    }
}
