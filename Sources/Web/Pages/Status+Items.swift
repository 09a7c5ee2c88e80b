import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

extension Status {
    /// The jobs, the profiles or the stores of a target: the ones to show, and the total counts.
    struct ItemList: Sendable, Encodable {
        var total = 0
        /// The number of items whose last run did not succeed, and of stores that report an error.
        var failing = 0
        /// The number of items whose last success is longer ago than expected.
        var late = 0
        /// The number of items without a known run.
        var unknown = 0
        var items: [Item] = []
    }

    /// A job, a profile or a store, with the results of its runs.
    struct Item: Sendable, Encodable {
        var id: String
        var name: String?
        /// The command of a job, without its arguments.
        var action: String?
        /// Whether a job is enabled.
        var enabled: Bool?
        /// Whether the server runs a profile automatically.
        var automatic: Bool?
        /// The requested state of a store.
        var state: String?
        var messages: Int64?
        var sizeBytes: Int64?
        /// The conditions that a store reports: `error`, `upgrade`, `index_rebuild`.
        var needs: [String]?
        var health = Health.unknown
        var isLate = false
        var lastResult: String?
        /// The health according to the last result only.
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

        /// - Parameter allowedIntervals: How many expected intervals may pass since the last success.
        mutating func add(
            _ history: OutcomeHistory, expected: Double?, allowedIntervals: Double, success: SuccessRule,
            at now: Timestamp
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
                isLate = now.since(success).inSeconds > allowedIntervals * expected
            }
            lastResultHealth = last.map { Health(result: $0.result, success: success) }
            health = lastResultHealth ?? .unknown
            if isLate, health == .good { health = .warning }
        }
    }

    /// One of the last runs.
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
    /// The health according to a result; unknown for an undocumented result.
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

    /// A higher value is more urgent.
    var urgency: Int {
        switch self {
        case .bad: 3
        case .warning: 2
        case .unknown: 1
        case .good: 0
        }
    }
}

extension Status.ItemList {
    /// How many intervals may pass since the last success, as in the alerting rules.
    private static let allowedRunIntervals = 2.0
    private static let allowedVerificationIntervals = 1.25

    init(jobsOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: JobsCollector.self)
        let enabled = Dictionary(
            (facts?.jobs ?? []).map { ($0.id, $0.enabled) }, uniquingKeysWith: { first, _ in first })
        self.init(report.ledger.jobs.listed.map { ($0.id, $0.entry.history, $0.entry) }, report, extent) { id, entry in
            var item = Status.Item(id: id, name: entry.name, hidesNames: report.hidesNames)
            item.action = entry.action.map { Status.Target.named(JobAction($0).name) }
            item.enabled = enabled[id] ?? nil
            item.add(
                entry.history, expected: entry.expectedInterval, allowedIntervals: Self.allowedRunIntervals,
                success: report.success, at: now)
            return item
        }
    }

    init(profilesOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: ProfilesCollector.self)
        let automatic = Dictionary(
            (facts?.profiles ?? []).map { ($0.id, $0.automatic) }, uniquingKeysWith: { first, _ in first })
        self.init(report.ledger.profiles.listed.map { ($0.id, $0.entry.history, $0.entry) }, report, extent) {
            id, entry in
            var item = Status.Item(id: id, name: entry.name, hidesNames: report.hidesNames)
            item.automatic = automatic[id] ?? nil
            item.add(
                entry.history, expected: entry.expectedInterval, allowedIntervals: Self.allowedRunIntervals,
                success: report.success, at: now)
            return item
        }
    }

    init(storesOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: StoresCollector.self)
        let stores = Dictionary((facts?.stores ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let intervals = VerificationIntervals(report.ledger, report.configuration.verification)
        self.init(report.ledger.verifications.listed.map { ($0.id, $0.store.history, $0.store) }, report, extent) {
            id, record in
            var item = Status.Item(id: id, name: record.name, hidesNames: report.hidesNames)
            let expected = intervals.interval(of: id, record)
            item.add(
                record.history, expected: expected?.inSeconds, allowedIntervals: Self.allowedVerificationIntervals,
                success: report.success, at: now)
            item.lastItemsArchived = nil
            item.add(stores[id], log: record.lastLog)
            return item
        }
    }

    /// - Parameters:
    ///   - entries: All items, in the server's order.
    ///   - make: Creates an item, without its runs.
    private init<Entry>(
        _ entries: [(id: String, history: OutcomeHistory, entry: Entry)], _ report: TargetReport,
        _ extent: Status.Extent, _ make: (String, Entry) -> Status.Item
    ) {
        total = entries.count
        var made = entries.map { (item: make($0.id, $0.entry), history: $0.history) }
        failing = made.count { $0.item.health == .bad }
        late = made.count { $0.item.isLate }
        unknown = made.count { $0.item.health == .unknown }
        if extent.worstFirst { made = made.worstFirst(\.item.health) }
        items = made.prefix(extent.items).enumerated().map { index, made in
            var item = made.item
            if index < extent.strips {
                item.recentRuns = made.history.lastRuns.map {
                    Status.RecentRun($0, success: report.success)
                }
            }
            return item
        }
    }
}

extension Status.Item {
    /// Adds the conditions that a store reports.
    fileprivate mutating func add(_ store: Store?, log: VerificationLog?) {
        if let log, log.errorLines > 0 {
            suspiciousLogLines = log.errorLines
            if health == .good { health = .warning }
        }
        guard let store else { return }
        state = store.requestedState
        messages = store.statisticsCount
        sizeBytes = store.statisticsSize
        let reported = [
            (store.hasError, "error"), (store.needsUpgrade, "upgrade"),
            (store.searchIndexesNeedRebuild, "index_rebuild"),
        ]
        needs = reported.filter { $0.0 == true }.map(\.1)
        if store.hasError == true { health = .bad }
        if needs?.isEmpty == false, health == .good { health = .warning }
    }
}
