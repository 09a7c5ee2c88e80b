package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI
import PlainText

/// The archiving and export profiles and the outcomes of their runs.
package struct ProfilesCollector: Collector {
    package static let name = CollectorName.profiles
    package static let functions = [InformationalFunction.getProfiles, .getWorkerResults]

    private static let labels = ["target", "instance_id", "profile_id", "profile_name"]
    package static let outcomes = OutcomeFamilies(of: "profile", labels: labels, group: name.rawValue)
    private static let automatic = FamilyDescriptor(
        "mailstore_profile_automatic", .gauge,
        help: "Whether the server runs the profile automatically (1) or not (0).", labels: labels, group: name.rawValue)
    private static let lastItems = FamilyDescriptor(
        "mailstore_profile_last_items_archived", .gauge, help: "Items that the last finished run archived.",
        labels: labels, group: name.rawValue)
    private static let lastNonzeroRun = FamilyDescriptor(
        "mailstore_profile_last_nonzero_run_timestamp_seconds", .gauge, unit: "seconds",
        help: "When the last run that archived anything completed, in seconds since 1970.", labels: labels,
        group: name.rawValue)
    /// More gauges that are computed from the runs of a profile.
    package static let gauges = [
        OutcomeFamilies.Gauge(family: lastItems) { $0.lastRun?.itemsArchived?.asSample },
        OutcomeFamilies.Gauge(family: lastNonzeroRun) { $0.lastNonzeroRun?.secondsSince1970 },
    ]
    package static let runs = FamilyDescriptor(
        "mailstore_profile_runs", .counter,
        help: "Finished runs of the profile, by result; those that ended while the exporter was down are counted too.",
        labels: labels + ["result"], group: name.rawValue)
    package static let items = FamilyDescriptor(
        "mailstore_profile_items_archived", .counter, help: "Items archived by all counted runs of the profile.",
        labels: labels, group: name.rawValue)
    package static let families = [automatic, runs, items] + outcomes.all + gauges.map(\.family)

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        let target = context.target
        let profiles = SeriesBudget.keep(
            try await context.call(.getProfiles, [FormField("raw", true)], as: [Profile].self), .profile,
            limit: target.limits.seriesPerTarget, id: \.id)
        let listings = profiles.map { profile in
            OutcomeLedger.Listing(
                id: profile.id, name: profile.name, kind: profile.kind,
                expectedInterval: target.expectations.interval(of: profile)?.inSeconds)
        }
        let now = target.server.now
        let limit = target.rules.limits.unlistedEntries
        let (renewals, forgotten) = await target.ledger.update {
            ($0.profiles.list(listings, at: now), $0.profiles.forgetUnlisted(beyond: limit))
        }
        target.outcomeLog.listed(renewals, forgotten: forgotten, of: .getProfiles)
        try await ResultReader(context).read(\.profiles, of: .getWorkerResults) { (window, zone) throws(APIError) in
            try await Self.reports(window, zone, from: target.api, by: context.deadline)
        }
        return Values(profiles: profiles, success: target.rules.success)
    }

    /// The runs of all profiles in a window of time.
    package static func reports(
        _ window: TimeWindow, _ zone: RequestZone, from api: APIClient, by deadline: Deadline
    ) async throws(APIError) -> [OutcomeLedger.Report] {
        let results = try await api.invoke(
            .getWorkerResults, window.arguments(timeZoneName: "timeZoneID", zone), as: [WorkerResult].self,
            by: deadline)
        return results.map { OutcomeLedger.Report($0, in: zone.replies) }
    }

    package struct Values: CollectedValues {
        package let profiles: [Profile]
        let success: SuccessRule

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            for profile in profiles where samples.shows(.profile, profile.id) {
                let labels = samples.item("profile", id: profile.id, name: profile.name)
                samples.add(ProfilesCollector.automatic, labels, profile.automatic)
                let entry = ledger.profiles.entries[profile.id]
                let summary = entry?.history.summary(success: success)
                ProfilesCollector.outcomes.write(summary, expected: entry?.expectedInterval, labels, to: &samples)
                for gauge in ProfilesCollector.gauges {
                    samples.add(gauge.family, labels, summary.flatMap(gauge.value))
                }
            }
        }
    }

    /// Like those of jobs, the counters appear when the first reading of results is complete.
    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        guard ledger.profiles.plan.isRead else { return }
        for (id, profile) in ledger.profiles.listed where samples.shows(.profile, id) {
            let labels = samples.item("profile", id: id, name: profile.name)
            samples.addResults(runs, labels, profile.history.totals, known: ResultVocabulary.runs)
            samples.add(items, labels, profile.history.itemsArchived)
        }
    }
}
