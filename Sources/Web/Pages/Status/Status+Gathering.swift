import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

extension Status.Things {
    /// How many intervals may pass since the last success, as the alerts of the kit have it.
    private static let patienceOfRuns = 2.0
    private static let patienceOfVerifications = 1.25

    init(jobsOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: JobsCollector.self)
        let enabled = Dictionary(
            (facts?.jobs ?? []).map { ($0.id, $0.enabled) }, uniquingKeysWith: { first, _ in first })
        self.init(report.ledger.jobs.listed.map { ($0.id, $0.entry.history, $0.entry) }, report, extent) { id, entry in
            var thing = Status.Thing(id: id, name: entry.name, hidesNames: report.hidesNames)
            thing.action = entry.action.map { Status.Target.named(JobAction($0).name) }
            thing.enabled = enabled[id] ?? nil
            thing.take(
                entry.history, expected: entry.expectedInterval, patience: Self.patienceOfRuns,
                success: report.success, at: now)
            return thing
        }
    }

    init(profilesOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: ProfilesCollector.self)
        let automatic = Dictionary(
            (facts?.profiles ?? []).map { ($0.id, $0.automatic) }, uniquingKeysWith: { first, _ in first })
        self.init(report.ledger.profiles.listed.map { ($0.id, $0.entry.history, $0.entry) }, report, extent) {
            id, entry in
            var thing = Status.Thing(id: id, name: entry.name, hidesNames: report.hidesNames)
            thing.automatic = automatic[id] ?? nil
            thing.take(
                entry.history, expected: entry.expectedInterval, patience: Self.patienceOfRuns,
                success: report.success, at: now)
            return thing
        }
    }

    init(storesOf report: TargetReport, at now: Timestamp, _ extent: Status.Extent) {
        let facts = report.values(of: StoresCollector.self)
        let stores = Dictionary((facts?.stores ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let settings = report.configuration.verification
        self.init(report.ledger.verifications.listed.map { ($0.id, $0.store.history, $0.store) }, report, extent) {
            id, record in
            var thing = Status.Thing(id: id, name: record.name, hidesNames: report.hidesNames)
            let expected = VerificationOutcomes.expectedInterval(of: id, record, in: report.ledger, settings)
            thing.take(
                record.history, expected: expected?.inSeconds, patience: Self.patienceOfVerifications,
                success: report.success, at: now)
            thing.lastItemsArchived = nil
            thing.take(stores[id], log: record.lastLog)
            return thing
        }
    }

    /// - Parameters:
    ///   - entries: All things, in the server's order.
    ///   - make: Makes a thing, without its runs.
    private init<Entry>(
        _ entries: [(id: String, history: OutcomeHistory, entry: Entry)], _ report: TargetReport,
        _ extent: Status.Extent, _ make: (String, Entry) -> Status.Thing
    ) {
        total = entries.count
        var made = entries.map { (thing: make($0.id, $0.entry), history: $0.history) }
        failing = made.count { $0.thing.health == .bad }
        late = made.count { $0.thing.isLate }
        unknown = made.count { $0.thing.health == .unknown }
        if extent.worstFirst {
            let order = made.indices.sorted { left, right in
                let (leftUrgency, rightUrgency) = (made[left].thing.health.urgency, made[right].thing.health.urgency)
                return leftUrgency == rightUrgency ? left < right : leftUrgency > rightUrgency
            }
            made = order.map { made[$0] }
        }
        items = made.prefix(extent.things).enumerated().map { index, made in
            var thing = made.thing
            if index < extent.strips {
                thing.recentRuns = made.history.lastRuns.map {
                    Status.RecentRun($0, success: report.success)
                }
            }
            return thing
        }
    }
}

extension Status.Thing {
    /// Takes over what a store says of itself.
    fileprivate mutating func take(_ store: Store?, log: VerificationLog?) {
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
