import Configuration
import Exposition
import Ledger

/// The samples of one archive, that of a server or of an instance.
///
/// They show what its collectors have found, and the outcomes of its ledger. Each part is rendered when it has changed.
struct ArchiveSamples {
    /// The blocks of each collector.
    private(set) var collected: [CollectorName: [FamilyBlock]] = [:]
    /// The blocks of the ledger's counters, and of the verifications.
    private(set) var outcomes: [FamilyBlock] = []
    /// What they were rendered from.
    private var basis: ArchiveReport?

    var all: [FamilyBlock] {
        outcomes + collected.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap(\.value)
    }

    /// Renders what has changed; returns how many series of it were left out because they occurred twice.
    ///
    /// - Parameters:
    ///   - changed: The collectors that have run or lost their values.
    ///   - writer: Makes a writer with the labels of the archive.
    mutating func update(
        _ report: ArchiveReport, changed: Set<CollectorName>, _ writer: (SeriesBudget) -> SampleWriter
    ) -> Int {
        var outdated = changed
        // Every page has the newest counters, so it must have the last results that belong to them.
        if report.ledger.jobs.entries != basis?.ledger.jobs.entries { outdated.insert(.jobs) }
        if report.ledger.profiles.entries != basis?.ledger.profiles.entries { outdated.insert(.profiles) }
        if report.budget != basis?.budget { outdated.formUnion(report.states.keys) }
        for name in outdated {
            guard let values = report.states[name]?.values else {
                collected[name] = nil
                continue
            }
            var samples = writer(report.budget)
            values.write(to: &samples, ledger: report.ledger)
            collected[name] = samples.finish()
        }
        if basis?.hasSameOutcomes(as: report) != true { outcomes = report.outcomes(writer(report.budget)) }
        basis = report
        return changed.reduce(0) { $0 + (collected[$1] ?? []).reduce(0) { $0 + $1.duplicates } }
    }

    /// Forgets the blocks of a collector that does not run any more.
    mutating func drop(_ name: CollectorName) {
        collected[name] = nil
    }
}

/// What is known of one archive at one moment.
struct ArchiveReport {
    var states: [CollectorName: CollectorState]
    var ledger: TargetLedger
    /// The settings of the exporter's own verifications; `nil` if it runs none.
    var verification: VerificationSettings?
    var success: SuccessRule
    var budget: SeriesBudget

    /// The exporter's own verifications do not depend on a collector.
    var showsVerifications: Bool {
        verification != nil || (states[.jobs]?.values != nil && states[.stores]?.values != nil)
    }

    /// Whether the samples of the outcomes are the same: they do not show how far results have been read.
    fileprivate func hasSameOutcomes(as other: ArchiveReport) -> Bool {
        budget == other.budget && showsVerifications == other.showsVerifications
            && ledger.jobs.entries == other.ledger.jobs.entries
            && ledger.jobs.plan.isRead == other.ledger.jobs.plan.isRead
            && ledger.profiles.entries == other.ledger.profiles.entries
            && ledger.profiles.plan.isRead == other.ledger.profiles.plan.isRead
            && ledger.verifications == other.ledger.verifications
            && ledger.ownVerifications == other.ledger.ownVerifications
    }

    /// The counters, which do not depend on what the server answers, and the outcomes of verifications.
    func outcomes(_ writer: SampleWriter) -> [FamilyBlock] {
        var samples = writer
        Collectors.writeCounters(ledger, to: &samples)
        if showsVerifications { VerificationOutcomes.write(ledger, verification, success: success, to: &samples) }
        VerificationProgress.write(ledger, verification, to: &samples)
        return samples.finish()
    }
}
