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
        "mailstore_profile_automatic", .gauge, help: "Whether the server runs the profile by itself (1) or not (0).",
        labels: labels, group: name.rawValue)
    private static let lastItems = FamilyDescriptor(
        "mailstore_profile_last_items_archived", .gauge, help: "Items that the last finished run archived.",
        labels: labels, group: name.rawValue)
    private static let lastNonzeroRun = FamilyDescriptor(
        "mailstore_profile_last_nonzero_run_timestamp_seconds", .gauge, unit: "seconds",
        help: "When the last run that archived anything was completed, in seconds since 1970.", labels: labels,
        group: name.rawValue)
    /// What the runs of profiles alone amount to.
    package static let gauges = [
        OutcomeFamilies.Gauge(family: lastItems) { $0.lastRun?.itemsArchived?.asSample },
        OutcomeFamilies.Gauge(family: lastNonzeroRun) { $0.lastNonzeroRun?.secondsSince1970 },
    ]
    /// Filled from the ledger, whatever the last collection brought: a counter never vanishes.
    package static let runs = FamilyDescriptor(
        "mailstore_profile_runs", .counter,
        help: "Finished runs of the profile, by result; those that ended while the exporter was down are counted too.",
        labels: labels + ["result"], group: name.rawValue)
    /// Filled from the ledger, whatever the last collection brought: a counter never vanishes.
    package static let items = FamilyDescriptor(
        "mailstore_profile_items_archived", .counter, help: "Items archived by all counted runs of the profile.",
        labels: labels, group: name.rawValue)
    package static let families = [automatic, runs, items] + outcomes.all + gauges.map(\.family)

    package func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts {
        let profiles = try await context.api.invoke(
            .getProfiles, [FormField("raw", true)], as: [Profile].self, by: context.deadline)
        let listings = profiles.map { profile in
            OutcomeBook.Listing(
                id: profile.id, name: profile.name, action: nil,
                expectedInterval: context.settings.expectations.interval(of: profile)?.inSeconds)
        }
        await context.ledger.update { $0.profiles.list(listings) }
        try await ResultReader(context).read(\.profiles) { (window, zone) throws(APIError) in
            try await Self.reports(window, zone, from: context.api, by: context.deadline)
        }
        return Facts(profiles: profiles, settings: context.settings)
    }

    /// The runs of all profiles in a window of time.
    package static func reports(
        _ window: TimeWindow, _ zone: RequestZone, from api: APIClient, by deadline: Deadline
    ) async throws(APIError) -> [OutcomeBook.Report] {
        let results = try await api.invoke(
            .getWorkerResults, window.arguments(timeZoneName: "timeZoneID", zone), as: [WorkerResult].self,
            by: deadline)
        return results.map { OutcomeBook.Report($0, in: zone.replies) }
    }

    package struct Facts: CollectedFacts {
        package let profiles: [Profile]
        package let settings: OutcomeContext

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            for profile in profiles {
                let labels = samples.thing("profile", id: profile.id, name: profile.name)
                samples.add(ProfilesCollector.automatic, labels, profile.automatic)
                let expected = settings.expectations.interval(of: profile)
                let summary = ledger.profiles.entries[profile.id]?.history.summary(success: settings.rules.success)
                ProfilesCollector.outcomes.write(summary, expected: expected, labels, to: &samples)
                for gauge in ProfilesCollector.gauges {
                    samples.add(gauge.family, labels, summary.flatMap(gauge.value))
                }
            }
        }
    }
}

extension OutcomeBook.Report {
    fileprivate init(_ result: WorkerResult, in zone: ServerTimeZone) {
        self.init(
            id: result.profileID, name: result.profileName, action: nil,
            run: Run(
                id: result.id, start: result.startTime, completion: result.completeTime,
                itemsArchived: result.itemsArchived, in: zone),
            rawResult: result.result)
    }
}
