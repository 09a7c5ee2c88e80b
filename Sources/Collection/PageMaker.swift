import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// Makes the pages of one target: what has not changed since the last one is not rendered again.
struct PageMaker {
    private let target: TargetDependencies
    private var samples = ArchiveSamples()
    private var instances = InstancePages()
    private var faults: [FamilyBlock] = []
    /// What they were rendered from.
    private var faultBasis: (faults: TargetStatistics.Faults, edition: Edition?)?
    /// What the last page left out, because the target has too many series.
    private var leftOut = SeriesBudget()

    init(_ target: TargetDependencies) {
        self.target = target
    }

    /// The most series of the server, its licence, users and sessions, and one about the limit itself.
    private static let otherSeries = ResultVocabulary.limit + 9

    /// - Parameters:
    ///   - report: What is known of the target, without its instances.
    ///   - changed: The collectors that have run or lost their values since the last page.
    ///   - limited: Called if more or fewer items are left out than on the last page.
    mutating func page(
        _ report: TargetReport, changed: Set<CollectorName>, stateSaveFailures: Int,
        limited: (SeriesBudget) -> Void
    ) -> TargetPage {
        var report = report
        let families = TargetFamilies.writer(for: report)
        let hosts = report.values(of: EnvironmentCollector.self)?.mostSeries ?? 0
        let faults = faults(of: report)
        let others = families.seriesCount + faults.reduce(0) { $0 + $1.seriesCount } + Self.otherSeries + hosts
        let limit = target.limits.seriesPerTarget
        if report.edition == .serviceProvider {
            let table = target.instances.withLock { $0 }
            instances.update(
                table, isListed: report.hasValues(of: .instances), limit: limit - others, .init(report))
            (report.instances, report.instanceLimits) = (instances.pages, instances.limited)
        }
        report.budget = SeriesBudget(
            report.ledger, instances: report.instances.map(\.entry.instance.id), limit: limit, besides: others)
        let all = report.budget.joined(with: report.instanceLimits)
        if all != leftOut { limited(all) }
        leftOut = all
        let duplicates = samples.update(report.archive, changed: changed) { [target] in target.makeWriter($0) }
        let ofInstances = report.instances.reduce(0) { $0 + ($1.entry.outcomes?.saveFailures ?? 0) }
        return TargetPage(
            report, families, faults, samples, stateSaveFailures: stateSaveFailures + ofInstances,
            newDuplicates: duplicates)
    }

    private mutating func faults(of report: TargetReport) -> [FamilyBlock] {
        let new = (faults: report.counts.faults, edition: report.edition)
        if faultBasis.map({ $0 == new }) != true {
            faults = TargetFamilies.faults(of: report, new.faults)
            faultBasis = new
        }
        return faults
    }
}
