import Exposition
package import Ledger
import MailStoreAPI

/// The counters of outcomes: from the ledger, so that they outlive restarts and never vanish.
///
/// Those of jobs, or of profiles, appear when the first reading is complete: shown earlier, they would grow by the runs
/// of the whole lookback between two scrapes, and Prometheus would take all of them for new.
package enum OutcomeCounters {
    package static func write(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        if ledger.jobs.plan.isRead {
            for (id, job) in ledger.jobs.listed {
                let labels = JobsCollector.labels(
                    of: id, name: job.name, action: job.action.map(JobAction.init), in: samples)
                write(job.history.totals, JobsCollector.runs, labels, ResultVocabulary.runs, to: &samples)
            }
        }
        if ledger.profiles.plan.isRead {
            for (id, profile) in ledger.profiles.listed {
                let labels = samples.thing("profile", id: id, name: profile.name)
                write(profile.history.totals, ProfilesCollector.runs, labels, ResultVocabulary.runs, to: &samples)
                samples.add(ProfilesCollector.items, labels, profile.history.itemsArchived)
            }
        }
        for (id, store) in ledger.verifications.listed {
            for source in (ledger.jobs.plan.isRead ? ["job"] : []) + ["exporter"] {
                let labels = samples.thing("store", id: id, name: store.name) + [("source", source)]
                write(
                    store.totals[source] ?? [:], VerificationOutcomes.runs, labels, ResultVocabulary.verifications,
                    to: &samples)
            }
        }
    }

    /// One series a result: the known ones from the start, at 0, and those that were met.
    private static func write(
        _ totals: [String: Int], _ family: FamilyDescriptor, _ labels: [(String, String)], _ known: [String],
        to samples: inout SampleWriter
    ) {
        let invented = totals.keys.filter { !known.contains($0) }.sorted()
        for result in known + invented {
            samples.add(family, labels + [("result", result)], Double(totals[result] ?? 0))
        }
    }
}

extension OutcomeBook {
    /// What the server lists, in a stable order.
    package var listed: [(id: String, entry: Entry)] {
        ordered.filter(\.entry.isListed)
    }

    /// What is listed and what is remembered, in a stable order.
    package var ordered: [(id: String, entry: Entry)] {
        entries.sorted { $0.key.isOrderedBefore($1.key) }.map { ($0.key, $0.value) }
    }
}

extension VerificationBook {
    /// The stores that the server lists, in a stable order.
    package var listed: [(id: String, store: StoreRecord)] {
        stores.filter(\.value.isListed).sorted { $0.key.isOrderedBefore($1.key) }.map { ($0.key, $0.value) }
    }
}

extension String {
    /// Ids are mostly numbers: the shorter come first.
    fileprivate func isOrderedBefore(_ other: String) -> Bool {
        (utf8.count, self) < (other.utf8.count, other)
    }
}
