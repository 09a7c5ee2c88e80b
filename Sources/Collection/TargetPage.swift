package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The page of one target: its samples for Prometheus, and what the status pages show.
package struct TargetPage: Sendable {
    package let target: String
    package let blocks: [FamilyBlock]
    /// Whether the target has been tried at least once.
    let wasTried: Bool
    /// How often its state could not be saved since the start.
    package let stateSaveFailures: Int
    /// Series that were left out since the previous page, because they occurred twice.
    package let newDuplicates: Int
    package var report: TargetReport?
    /// The blocks of each collector, which are among ``blocks``.
    private(set) var collected: [CollectorName: [FamilyBlock]] = [:]

    /// When the page is out of date, on the monotonic clock, unless the collection renews it; `nil` for never.
    var expiry: Duration? { report?.expiry }
}

extension TargetPage {
    /// - Parameters:
    ///   - families: The families about the target itself (``TargetFamilies``).
    ///   - collected: The blocks of each collector.
    ///   - newDuplicates: Series that were left out since the previous page, because they occurred twice.
    init(
        _ report: TargetReport, _ families: SampleWriter, collected: [CollectorName: [FamilyBlock]],
        stateSaveFailures: Int, newDuplicates: Int
    ) {
        var samples = families
        samples.budget = report.budget
        TargetFamilies.writeLimit(report, to: &samples)
        Collectors.writeCounters(report.ledger, to: &samples)
        // The exporter's own verifications do not depend on a collector.
        let verification = report.configuration.verification
        if verification != nil || (report.hasValues(of: .jobs) && report.hasValues(of: .stores)) {
            VerificationOutcomes.write(report.ledger, verification, success: report.success, to: &samples)
        }
        // These samples describe the exporter itself, so they do not depend on the server's answers.
        VerificationProgress.write(report.ledger, verification, to: &samples)
        self.init(
            target: report.configuration.name,
            blocks: samples.finish() + collected.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap(\.value),
            wasTried: report.isUp != nil, stateSaveFailures: stateSaveFailures, newDuplicates: newDuplicates,
            report: report, collected: collected)
    }

    /// The page without what has expired by now, for a collection that does not renew it.
    ///
    /// In normal operation the collection drops stale values itself. This is for scrapes that find that it did not,
    /// because it hangs.
    func expired(at uptime: Duration) -> TargetPage {
        guard var report, let expiry, expiry <= uptime else { return self }
        report.expire(at: uptime)
        let kept = collected.filter { report.hasValues(of: $0.key) }
        return TargetPage(
            report, TargetFamilies.writer(for: report), collected: kept, stateSaveFailures: stateSaveFailures,
            newDuplicates: 0)
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

    /// Whether series were left out because of the limits.
    package var isLimited: Bool {
        budget.isLimited || collectors.contains { $0.state.isCut }
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
        collectors.flatMap { entry in
            [
                entry.state.expiry(maximumAge: settings.maximumAge(for: entry.name).duration),
                doesWork(entry.name, entry.state) ? nextRunLimit(entry.name, entry.state) : nil,
            ]
        }.compactMap(\.self).min()
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
    }

    /// The last values of a collector; `nil` if there are none or they are stale.
    package func values<C: Collector>(of collector: C.Type) -> C.Values? {
        collectors.first { $0.name == C.name }?.state.values as? C.Values
    }
}
