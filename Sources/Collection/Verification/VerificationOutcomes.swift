package import Configuration
package import Exposition
package import Ledger
import MailStoreAPI

/// How the verifications of each store ended: the product's first duty.
///
/// Fed by the scheduled jobs whose action is VerifyStores (all stores that existed when it started) or VerifyStore. A
/// job that ended `succeeded` is the best evidence there is for its stores, not proof (`mailstore-api.md`, section 1).
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

    /// - Parameter settings: The configuration of the exporter's own verifications; `nil` where it runs none.
    package static func write(
        _ ledger: TargetLedger, _ settings: VerificationSettings?, success: SuccessRule,
        to samples: inout SampleWriter
    ) {
        for (id, store) in ledger.verifications.listed {
            outcomes.write(
                store.history.summary(success: success),
                expected: expectedInterval(of: id, store, in: ledger, settings),
                samples.thing("store", id: id, name: store.name), to: &samples)
        }
    }

    /// How often a store is to be verified, by the exporter's own plan and by the server's jobs; `nil` where by none.
    package static func expectedInterval(
        of id: String, _ store: VerificationBook.StoreRecord, in ledger: TargetLedger,
        _ settings: VerificationSettings?
    ) -> Duration? {
        let own = settings.flatMap { $0.stores.mayInclude(id, store) ? $0.schedule.expectedInterval : nil }
        return [own, expectedInterval(of: id, in: ledger.jobs)].compactMap { $0 }.min()
    }

    /// The shortest interval among the jobs that verify the store.
    private static func expectedInterval(of store: String, in jobs: OutcomeBook) -> Duration? {
        let intervals = jobs.listed.compactMap { _, job -> Double? in
            switch job.action.flatMap({ JobAction($0).verification }) {
            case .allStores: job.expectedInterval
            case .store(let id): id == store ? job.expectedInterval : nil
            case nil: nil
            }
        }
        return intervals.min().map { .seconds($0) }
    }
}
