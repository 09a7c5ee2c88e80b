import Configuration
package import Exposition
import Ledger
import MailStoreAPI

/// The page of one instance: its samples for Prometheus, and what the status pages show.
package struct InstancePage: Sendable {
    package private(set) var entry: InstanceTable.Entry
    /// Whether the facts of the instance are shown: the list of instances is not too old, and there is room for them.
    private var isShown: Bool
    private var samples: ArchiveSamples
    /// The items that are shown.
    package let budget: SeriesBudget
    /// The samples; of an instance that is not known any more, those of its counters only.
    package private(set) var source: SourceBlocks

    /// When the first of its values expires, on the monotonic clock; `nil` for never.
    func expiry(_ settings: CollectionSettings) -> Duration? { entry.expiry(settings) }

    /// The page without what has expired by now, for a collection that does not renew it.
    func expired(at uptime: Duration, _ report: TargetReport) -> InstancePage {
        var copy = self
        copy.isShown = isShown && report.hasValues(of: .instances)
        guard copy.entry.expire(at: uptime, report.settings) || copy.isShown != isShown else { return self }
        copy.render(changed: Set(copy.entry.states.keys), InstancePages.Maker(report))
        return copy
    }

    fileprivate mutating func render(changed: Set<CollectorName>, _ maker: InstancePages.Maker) {
        _ = samples.update(maker.report(entry, budget), changed: changed, maker.writer(entry))
        source = SourceBlocks(isShown ? maker.facts(entry) + samples.all : samples.outcomes)
    }

    /// What is known of the instance, in the form of a target: its collectors and its outcomes.
    package func report(in target: TargetReport) -> TargetReport {
        var report = target
        report.instance = entry
        report.collectors = target.collectors.compactMap { collector in
            guard isShown, let state = entry.states[collector.name] else { return nil }
            return (collector.name, collector.interval, state)
        }
        report.ledger = entry.outcomes?.ledger ?? TargetLedger()
        report.budget = budget
        report.instances = []
        report.notes = []
        return report
    }
}

/// The pages of all instances of a target, each rendered when something of it changes.
struct InstancePages {
    private(set) var pages: [InstancePage] = []
    private var places: [String: Int] = [:]

    /// Whether items of instances are left out, because the target has too many series.
    private(set) var limited: SeriesBudget = SeriesBudget()

    /// Renders what has changed.
    ///
    /// - Parameters:
    ///   - table: The instances; empty if the list of instances is too old.
    ///   - limit: How many series the instances may have together.
    mutating func update(_ table: InstanceTable, isListed: Bool, limit: Int, _ maker: Maker) {
        let entries = table.sorted
        let room = isListed ? max(0, limit) / InstanceFamilies.mostSeries : 0
        var rest = limit - entries.count * InstanceFamilies.mostSeries
        var new: [InstancePage] = []
        new.reserveCapacity(entries.count)
        var limitedShares: [SeriesBudget] = []
        for (place, entry) in entries.enumerated() {
            let isShown = place < room
            let ledger = entry.outcomes?.ledger ?? TargetLedger()
            let former = places[entry.instance.id].map { pages[$0] }
            let demand = SeriesBudget.demand(of: ledger)
            let budget = demand <= rest ? SeriesBudget() : SeriesBudget(ledger, limit: max(0, rest), besides: 0)
            rest -= min(demand, max(0, rest))
            if budget.isLimited { limitedShares.append(budget) }
            if let former, former.isCurrent(entry, budget, isShown: isShown) {
                new.append(former)
            } else {
                new.append(InstancePage(entry, former, budget, isShown: isShown, maker))
            }
        }
        pages = new
        places = Dictionary(uniqueKeysWithValues: new.enumerated().map { ($1.entry.instance.id, $0) })
        limited = SeriesBudget(sumOf: limitedShares)
    }

    /// Makes writers and reports with the settings of the target.
    struct Maker {
        let target: TargetConfiguration
        let hidesNames: Bool
        let success: SuccessRule

        init(_ report: TargetReport) {
            (target, hidesNames, success) = (report.configuration, report.hidesNames, report.success)
        }

        init(_ target: TargetDependencies) {
            (self.target, hidesNames, success) = (target.configuration, target.hidesNames, target.rules.success)
        }

        func writer(_ entry: InstanceTable.Entry) -> (SeriesBudget) -> SampleWriter {
            { SampleWriter(target: target.name, instance: entry.instance.id, hidesNames: hidesNames, budget: $0) }
        }

        func report(_ entry: InstanceTable.Entry, _ budget: SeriesBudget) -> ArchiveReport {
            ArchiveReport(
                states: entry.states, ledger: entry.outcomes?.ledger ?? TargetLedger(),
                verification: target.verification, success: success, budget: budget)
        }

        func facts(_ entry: InstanceTable.Entry) -> [FamilyBlock] {
            var samples = writer(entry)(SeriesBudget())
            InstanceFamilies.write(entry, to: &samples)
            if !target.instances.labels.isEmpty {
                TargetFamilies.write(target.labels(ofInstance: entry.instance.id), to: &samples)
            }
            return samples.finish()
        }
    }
}

extension InstancePage {
    fileprivate init(
        _ entry: InstanceTable.Entry, _ former: InstancePage?, _ budget: SeriesBudget, isShown: Bool,
        _ maker: InstancePages.Maker
    ) {
        self.init(
            entry: entry, isShown: isShown, samples: former?.samples ?? ArchiveSamples(), budget: budget,
            source: SourceBlocks([]))
        let changed = entry.states.keys.filter { name in
            entry.states[name]?.hasSameValues(as: former?.entry.states[name]) != true
        }
        render(changed: Set(changed), maker)
    }

    fileprivate func isCurrent(_ entry: InstanceTable.Entry, _ budget: SeriesBudget, isShown: Bool) -> Bool {
        entry.revision == self.entry.revision && budget == self.budget && isShown == self.isShown
    }
}

/// For a dry run.
extension TargetDependencies {
    /// Keeps one instance of each kind, so that a run takes no longer than needed.
    package func keepOneInstanceOfEachKind() {
        instances.withLock { $0.keepOneOfEachKind() }
    }

    /// How many series the instances have.
    package var instanceSeriesCount: Int {
        var pages = InstancePages()
        pages.update(instances.withLock { $0 }, isListed: true, limit: .max, InstancePages.Maker(self))
        return pages.pages.reduce(0) { $0 + $1.source.blocks.reduce(0) { $0 + $1.seriesCount } }
    }
}
