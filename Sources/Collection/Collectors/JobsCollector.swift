package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI
import PlainText

/// The scheduled jobs and the outcomes of their runs.
///
/// The counters appear when the first reading of results is complete. If they appeared earlier, they would increase by
/// all runs of the lookback between two scrapes, and Prometheus would treat all of these as new.
package struct JobsCollector: Collector {
    package static let name = CollectorName.jobs
    package static let functions = [InformationalFunction.getJobs, .getJobResults]

    private static let labels = ["target", "instance_id", "job_id", "job_name", "action"]
    package static let outcomes = OutcomeFamilies(of: "job", labels: labels, group: name.rawValue)
    private static let enabled = FamilyDescriptor(
        "mailstore_job_enabled", .gauge, help: "Whether the job is enabled (1) or not (0).", labels: labels,
        group: name.rawValue)
    package static let runs = FamilyDescriptor(
        "mailstore_job_runs", .counter,
        help: "Finished runs of the job, by result; those that ended while the exporter was down are counted too.",
        labels: labels + ["result"], group: name.rawValue)
    package static let families = [enabled, runs] + outcomes.all

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        let target = context.target
        let jobs = SeriesBudget.keep(
            try await context.call(.getJobs, as: [Job].self), .job, limit: target.limits.seriesPerTarget, id: \.id)
        let listings = jobs.map { job in
            OutcomeLedger.Listing(
                id: job.id, name: job.name, action: job.action?.commandLine,
                expectedInterval: target.expectations.interval(of: job)?.inSeconds)
        }
        let now = target.server.now
        let limit = target.rules.limits.unlistedEntries
        let (renewals, forgotten) = await target.ledger.update {
            ($0.jobs.list(listings, at: now), $0.jobs.forgetUnlisted(beyond: limit))
        }
        target.outcomeLog.listed(renewals, forgotten: forgotten, of: .getJobs)
        try await ResultReader(context).read(\.jobs, of: .getJobResults) { (window, zone) throws(APIError) in
            try await Self.reports(window, zone, from: target.api, by: context.deadline)
        }
        return Values(jobs: jobs, success: target.rules.success)
    }

    /// The runs of all jobs in a window of time.
    package static func reports(
        _ window: TimeWindow, _ zone: RequestZone, from api: APIClient, by deadline: Deadline
    ) async throws(APIError) -> [OutcomeLedger.Report] {
        let results = try await api.invoke(
            .getJobResults, window.arguments(timeZoneName: "timeZoneId", zone), as: [JobResult].self, by: deadline)
        return results.map { OutcomeLedger.Report($0, in: zone.replies) }
    }

    package struct Values: CollectedValues {
        package let jobs: [Job]
        let success: SuccessRule

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            for job in jobs where samples.shows(.job, job.id) {
                let labels = JobsCollector.labels(of: job.id, name: job.name, action: job.action, in: samples)
                samples.add(JobsCollector.enabled, labels, job.enabled)
                let entry = ledger.jobs.entries[job.id]
                JobsCollector.outcomes.write(
                    entry?.history.summary(success: success), expected: entry?.expectedInterval, labels, to: &samples)
            }
        }
    }

    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        guard ledger.jobs.plan.isRead else { return }
        for (id, job) in ledger.jobs.listed where samples.shows(.job, id) {
            let labels = labels(of: id, name: job.name, action: job.action.map(JobAction.init), in: samples)
            samples.addResults(runs, labels, job.history.totals, known: ResultVocabulary.runs)
        }
    }

    /// The labels of a job; `action` is the name of the command without its arguments.
    package static func labels(
        of id: String, name: String?, action: JobAction?, in samples: SampleWriter
    ) -> [(String, String)] {
        samples.item("job", id: id, name: name) + [("action", action?.name ?? "")]
    }
}
