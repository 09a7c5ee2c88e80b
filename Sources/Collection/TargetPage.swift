package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The page of one target: its samples for Prometheus, and what the status pages show.
package struct TargetPage: Sendable {
    package let target: String
    /// The samples that are not those of instances.
    package let own: SourceBlocks
    /// Whether the target has been tried at least once.
    let wasTried: Bool
    /// How often its state could not be saved since the start.
    package let stateSaveFailures: Int
    /// Series that were left out since the previous page, because they occurred twice.
    package let newDuplicates: Int
    package var report: TargetReport?
    /// The blocks of its collectors and outcomes, which are among ``own``.
    var samples = ArchiveSamples()

    /// All samples: its own, and those of each instance.
    package var sources: [SourceBlocks] { [own] + (report?.instances ?? []).map(\.source) }

    /// The page of an instance; `nil` if there is none.
    package func instance(_ id: String) -> InstancePage? {
        places[id].flatMap { report?.instances[$0] }
    }

    /// When the page is out of date, on the monotonic clock, unless the collection renews it; `nil` for never.
    private(set) var expiry: Duration?
    /// Where each instance is among those of the report.
    private(set) var places: [String: Int] = [:]
}

extension TargetPage {
    /// - Parameters:
    ///   - families: The families about the target itself (``TargetFamilies``).
    ///   - faults: Those of its errors and oddities.
    ///   - newDuplicates: Series that were left out since the previous page, because they occurred twice.
    init(
        _ report: TargetReport, _ families: SampleWriter, _ faults: [FamilyBlock], _ samples: ArchiveSamples,
        stateSaveFailures: Int, newDuplicates: Int
    ) {
        var families = families
        TargetFamilies.writeLimit(report, to: &families)
        self.init(
            target: report.configuration.name,
            own: SourceBlocks(families.finish() + faults + samples.all),
            wasTried: report.isUp != nil, stateSaveFailures: stateSaveFailures, newDuplicates: newDuplicates,
            report: report, samples: samples)
        expiry = report.expiry
        for (place, page) in report.instances.enumerated() { places[page.entry.instance.id] = place }
    }

    /// The page without what has expired by now, for a collection that does not renew it.
    ///
    /// In normal operation the collection drops stale values itself. This is for scrapes that find that it did not,
    /// because it hangs.
    func expired(at uptime: Duration) -> TargetPage {
        guard var report, let expiry, expiry <= uptime else { return self }
        report.expire(at: uptime)
        var samples = samples
        let writer = { SampleWriter(target: target, hidesNames: report.hidesNames, budget: $0) }
        _ = samples.update(report.archive, changed: Set(report.collectors.map(\.name)), writer)
        return TargetPage(
            report, TargetFamilies.writer(for: report), TargetFamilies.faults(of: report, report.counts.faults),
            samples,
            stateSaveFailures: stateSaveFailures, newDuplicates: 0)
    }
}

/// The state of one target at one moment.
///
/// It is immutable and cheap to create, since it shares its parts with the collection. The status pages are computed
/// from it on request.
package struct TargetReport: Sendable {
    package var configuration: TargetConfiguration
    var settings = CollectionSettings()
    /// Whether human names stay off the pages (`privacy.hide_names`).
    package var hidesNames: Bool
    package var success: SuccessRule
    /// Whether the last collection reached the API and logged in; `nil` before the first.
    package var isUp: Bool?
    /// The edition of the server; `nil` until it is known.
    package var edition: Edition?
    /// What does not fit between the configuration and the server.
    package var notes: [String] = []
    /// Whether the collection has stopped, so that nothing is known about the server any longer.
    package private(set) var isStalled = false
    package var collectors: [(name: CollectorName, interval: Duration, state: CollectorState)]
    var counts = TargetStatistics.Counts()
    /// How old the saved state was at the start; `nil` without one.
    var stateAge: Duration?
    /// The server's clock minus this machine's, in seconds.
    package var clockSkew: Double?
    package var ledger: TargetLedger
    package var calls: CallLog
    /// The items that are shown on the page of metrics.
    package var budget = SeriesBudget()
    /// The pages of the instances, in the order of their ids.
    package var instances: [InstancePage] = []
    /// What is left out of the instances.
    var instanceLimits = SeriesBudget()
    /// The instance that this is the report of; `nil` for that of the target itself.
    package var instance: InstanceTable.Entry?

    /// What the samples of its archive are rendered from.
    var archive: ArchiveReport {
        ArchiveReport(
            states: Dictionary(uniqueKeysWithValues: collectors.map { ($0.name, $0.state) }), ledger: ledger,
            verification: configuration.verification, success: success, budget: budget)
    }

    /// Whether series were left out because of the limits.
    package var isLimited: Bool {
        budget.isLimited || instanceLimits.isLimited || collectors.contains { $0.state.isCut }
    }

    /// The certificate that the server last showed.
    package var certificate: CertificateInfo? { counts.certificate }

    /// The collector that decides whether the target is up.
    package var heartbeat: CollectorName { (edition ?? .server).heartbeat }

    func hasValues(of name: CollectorName) -> Bool {
        collectors.contains { $0.name == name && $0.state.values != nil }
    }

    /// When the first of the values expires, or the first collector that works has not run for too long.
    var expiry: Duration? {
        let ofCollectors = collectors.flatMap { entry in
            [
                entry.state.expiry(maximumAge: settings.maximumAge(for: entry.name).duration),
                doesWork(entry.name, entry.state) ? nextRunLimit(entry.name, entry.state) : nil,
            ]
        }
        return (ofCollectors + instances.map { $0.expiry(settings) }).compactMap(\.self).min()
    }

    private func doesWork(_ name: CollectorName, _ state: CollectorState) -> Bool {
        state.succeeded == true || (name == heartbeat && isUp == true)
    }

    /// When the collector must have run again.
    private func nextRunLimit(_ name: CollectorName, _ state: CollectorState) -> Duration? {
        // A run takes no longer than its time-out, and a third of it for the list of functions.
        let limit = settings.interval(for: name).duration + settings.timeout.duration * 2
        return state.lastRun.map { $0 + max(limit, settings.maximumAge(for: name).duration) }
    }

    /// Drops stale values, and marks what has not run for too long as failing; the server is then down.
    mutating func expire(at uptime: Duration) {
        for (index, entry) in collectors.enumerated() {
            let maximumAge = settings.maximumAge(for: entry.name).duration
            _ = collectors[index].state.expire(at: uptime, maximumAge: maximumAge)
            guard doesWork(entry.name, entry.state), let limit = nextRunLimit(entry.name, entry.state), limit <= uptime
            else { continue }
            // A collector that the server does not support has neither succeeded nor failed.
            if entry.state.succeeded == true { collectors[index].state.stalled() }
            if entry.name == heartbeat { (isUp, isStalled) = (false, true) }
        }
        let report = self
        instances = instances.map { $0.expired(at: uptime, report) }
    }

    /// The last values of a collector; `nil` if there are none or they are stale.
    package func values<C: Collector>(of collector: C.Type) -> C.Values? {
        collectors.first { $0.name == C.name }?.state.values as? C.Values
    }
}
