package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI
import PlainText

/// The scheduled jobs and the outcomes of their runs.
package struct JobsCollector: Collector {
    package static let name = CollectorName.jobs
    package static let functions = [InformationalFunction.getJobs, .getJobResults]

    private static let labels = ["target", "instance_id", "job_id", "job_name", "action"]
    package static let outcomes = OutcomeFamilies(of: "job", labels: labels, group: name.rawValue)
    private static let enabled = FamilyDescriptor(
        "mailstore_job_enabled", .gauge, help: "Whether the job is enabled (1) or not (0).", labels: labels,
        group: name.rawValue)
    /// Filled from the ledger, whatever the last collection brought: a counter never vanishes.
    package static let runs = FamilyDescriptor(
        "mailstore_job_runs", .counter,
        help: "Finished runs of the job, by result; those that ended while the exporter was down are counted too.",
        labels: labels + ["result"], group: name.rawValue)
    package static let families = [enabled, runs] + outcomes.all

    package func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts {
        let jobs = try await context.api.invoke(.getJobs, as: [Job].self, by: context.deadline)
        let listings = jobs.map { job in
            OutcomeBook.Listing(
                id: job.id, name: job.name, action: job.action?.commandLine,
                expectedInterval: context.settings.expectations.interval(of: job)?.inSeconds)
        }
        await context.ledger.update { $0.jobs.list(listings) }
        try await ResultReader(context).read(\.jobs) { (window, zone) throws(APIError) in
            try await Self.reports(window, zone, from: context.api, by: context.deadline)
        }
        return Facts(jobs: jobs, settings: context.settings)
    }

    /// The runs of all jobs in a window of time.
    package static func reports(
        _ window: TimeWindow, _ zone: RequestZone, from api: APIClient, by deadline: Deadline
    ) async throws(APIError) -> [OutcomeBook.Report] {
        let results = try await api.invoke(
            .getJobResults, window.arguments(timeZoneName: "timeZoneId", zone), as: [JobResult].self, by: deadline)
        return results.map { OutcomeBook.Report($0, in: zone.replies) }
    }

    package struct Facts: CollectedFacts {
        package let jobs: [Job]
        package let settings: OutcomeContext

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            for job in jobs {
                let labels = JobsCollector.labels(of: job.id, name: job.name, action: job.action, in: samples)
                samples.add(JobsCollector.enabled, labels, job.enabled)
                let expected = settings.expectations.interval(of: job)
                let summary = ledger.jobs.entries[job.id]?.history.summary(success: settings.rules.success)
                JobsCollector.outcomes.write(summary, expected: expected, labels, to: &samples)
            }
        }
    }

    /// The labels of a job; `action` is the command's name alone.
    package static func labels(
        of id: String, name: String?, action: JobAction?, in samples: SampleWriter
    ) -> [(String, String)] {
        samples.thing("job", id: id, name: name) + [("action", action?.name ?? "")]
    }
}

extension OutcomeBook.Report {
    fileprivate init(_ result: JobResult, in zone: ServerTimeZone) {
        self.init(
            id: result.jobID, name: nil, action: result.action,
            run: Run(
                id: result.id, start: result.startTime, completion: result.completeTime, itemsArchived: nil, in: zone),
            rawResult: result.result)
    }
}
