package import Configuration
package import Exposition
package import Ledger
import MailStoreAPI
import PlainText

/// The families of the outcomes of verifications, for each store.
///
/// The runs come from the exporter's own verifications and from scheduled jobs whose action is VerifyStores (all stores
/// that existed when it started) or VerifyStore. The result `succeeded` of a job is the best available evidence that
/// its stores are undamaged, but not proof (`docs/api.md`, "What nobody knows").
package enum VerificationOutcomes {
    private static let labels = ["target", "instance_id", "store_id", "store_name"]
    package static let outcomes = OutcomeFamilies(
        of: "verification", labels: labels, group: "verification", states: ResultVocabulary.verifications,
        countsFailures: false)
    package static let runs = FamilyDescriptor(
        "mailstore_verification_runs", .counter,
        help: "Finished verifications of the store, by who ran them and by result.",
        labels: labels + ["source", "result"], group: "verification")
    package static let families = outcomes.all + [runs] + VerificationProgress.families

    /// - Parameter settings: The configuration of the exporter's own verifications; `nil` if it runs none.
    package static func write(
        _ ledger: TargetLedger, _ settings: VerificationSettings?, success: SuccessRule,
        to samples: inout SampleWriter
    ) {
        let intervals = VerificationIntervals(ledger, settings)
        for (id, store) in ledger.verifications.listed where samples.shows(.store, id) {
            outcomes.write(
                store.history.summary(success: success), expected: intervals.interval(of: id, store)?.inSeconds,
                samples.item("store", id: id, name: store.name), to: &samples)
        }
    }

    /// Writes the counters.
    ///
    /// The counters of jobs appear when the first reading of job results is complete, like the jobs' own counters.
    static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        for (id, store) in ledger.verifications.listed where samples.shows(.store, id) {
            for source in (ledger.jobs.plan.isRead ? ["job"] : []) + ["exporter"] {
                let labels = samples.item("store", id: id, name: store.name) + [("source", source)]
                samples.addResults(
                    runs, labels, store.totals[source] ?? [:], known: ResultVocabulary.verifications)
            }
        }
    }
}

/// The expected intervals between verifications of the stores of one target.
package struct VerificationIntervals: Sendable {
    private let settings: VerificationSettings?
    /// The shortest interval of the jobs that verify all stores, in seconds.
    private var ofAll: Double?
    /// The shortest interval of the jobs that verify single stores, in seconds.
    private var ofStore: [String: Double] = [:]

    /// - Parameter settings: The configuration of the exporter's own verifications; `nil` if it runs none.
    package init(_ ledger: TargetLedger, _ settings: VerificationSettings?) {
        self.settings = settings
        for job in ledger.jobs.entries.values where job.isListed {
            guard let interval = job.expectedInterval else { continue }
            switch job.action.flatMap({ JobAction($0).verification }) {
            case .allStores: ofAll = min(ofAll ?? interval, interval)
            case .store(let id): ofStore[id] = min(ofStore[id] ?? interval, interval)
            case nil: break
            }
        }
    }

    /// The expected interval for a store, by the exporter or a job; `nil` if there is none.
    package func interval(of id: String, _ store: VerificationLedger.StoreRecord) -> Duration? {
        let own = settings.flatMap { $0.stores.mayInclude(id, store) ? $0.schedule.expectedInterval : nil }
        let byJobs = [ofAll, ofStore[id]].compactMap { $0 }.min()
        return [own, byJobs.map { .seconds($0) }].compactMap { $0 }.min()
    }
}

/// The families of the verifications that the exporter itself runs.
enum VerificationProgress {
    private static func family(_ name: String, unit: String? = nil, help: String) -> FamilyDescriptor {
        FamilyDescriptor(
            "mailstore_verification_" + name, .gauge, unit: unit, help: help,
            labels: ["target", "instance_id", "store_id", "store_name"], group: "verification")
    }

    private static let running = family(
        "running", help: "Whether the exporter is verifying the store now (1) or not (0).")
    private static let progress = family(
        "progress_ratio", unit: "ratio",
        help: "Progress of the running verification, from 0 to 1; absent while unknown.")
    private static let messages = family(
        "messages_verified", help: "Messages that the running or the last verification has checked, from its log.")
    private static let errorLines = family(
        "log_error_lines", help: "Lines that may report damage in the log of the running or the last verification.")
    private static let nextRun = family(
        "next_run_timestamp_seconds", unit: "seconds",
        help: "When the next verification is scheduled, in seconds since 1970.")
    static let families = [running, progress, messages, errorLines, nextRun]

    /// - Parameter settings: The configuration of the verifications; `nil` if the exporter runs none.
    static func write(_ ledger: TargetLedger, _ settings: VerificationSettings?, to samples: inout SampleWriter) {
        guard let settings else { return }
        let queue = ledger.ownVerifications
        for (id, store) in ledger.verifications.listed
        where settings.stores.mayInclude(id, store) && samples.shows(.store, id) {
            let labels = samples.item("store", id: id, name: store.name)
            let current = queue.current.flatMap { $0.stores.contains(id) ? $0 : nil }
            samples.add(running, labels, current != nil)
            samples.add(progress, labels, current?.progress)
            let log = current?.log ?? store.lastLog
            samples.add(messages, labels, log?.messagesVerified)
            samples.add(errorLines, labels, log.map { Int64($0.errorLines) })
            samples.add(nextRun, labels, queue.nextStart?.secondsSince1970)
        }
    }
}

extension VerificationSettings.StoreSelection {
    /// Whether a store is to be verified, according to the ledger.
    func mayInclude(_ id: String, _ store: VerificationLedger.StoreRecord) -> Bool {
        switch self {
        case .all: true
        case .current: store.isCurrent
        case .ids(let ids): ids.contains(id)
        }
    }
}
