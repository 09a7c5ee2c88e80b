import Configuration
import Ledger

/// The things that a server lists, each of which has many series.
package enum ItemKind: Sendable, CaseIterable {
    case store
    case job
    case profile
    case instance
}

/// Which items of a target are shown if it has more than fit into `limits.series_per_target`.
///
/// Whole items are left out, those with the highest ids, so that the same ones are shown each time. Series about the
/// target itself are always shown. Items count with the most series that one of their kind can have, so a target never
/// has more series than the limit, and which items are shown does not depend on their values.
package struct SeriesBudget: Sendable, Equatable {
    /// How many items of a kind are shown, of how many.
    struct Share: Sendable, Equatable {
        var shown: Int
        var total: Int
        /// The last id that is shown, in the order of ids; `nil` if none is.
        var last: String?
    }

    /// The kinds of which some are left out.
    private(set) var limited: [ItemKind: Share] = [:]

    /// Everything is shown.
    package init() {}

    /// Divides the series among the kinds: a kind that needs less than its share leaves the rest to the others.
    ///
    /// - Parameters:
    ///   - series: How many series the items may have together.
    ///   - demands: The number of items of each kind, and the series of each.
    ///   - ids: The ids of all items of a kind, in order; called only for kinds of which some are left out.
    init(series: Int, demands: [ItemKind: (count: Int, cost: Int)], ids: (ItemKind) -> [String]) {
        var rest = max(0, series)
        let ascending = demands.sorted { $0.value.count * $0.value.cost < $1.value.count * $1.value.cost }
        for (index, (kind, demand)) in ascending.enumerated() {
            let granted = min(demand.count * demand.cost, rest / (ascending.count - index))
            rest -= granted
            let shown = granted / max(1, demand.cost)
            guard shown < demand.count else { continue }
            limited[kind] = Share(
                shown: shown, total: demand.count, last: shown > 0 ? ids(kind).dropFirst(shown - 1).first : nil)
        }
    }

    package var isLimited: Bool { !limited.isEmpty }

    func shows(_ kind: ItemKind, _ id: String) -> Bool {
        guard let share = limited[kind] else { return true }
        return share.last.map { !$0.isOrderedBefore(id) } ?? false
    }
}

extension SeriesBudget {
    /// What several archives leave out, together.
    init(sumOf budgets: [SeriesBudget]) {
        for budget in budgets {
            limited.merge(budget.limited) { Share(shown: $0.shown + $1.shown, total: $0.total + $1.total) }
        }
    }

    /// What is left out by either of two budgets for different kinds.
    func joined(with other: SeriesBudget) -> SeriesBudget {
        var budget = self
        budget.limited.merge(other.limited) { $1 }
        return budget
    }

    /// How many series the items that the ledger lists can have at most.
    static func demand(of ledger: TargetLedger) -> Int {
        counts(of: ledger).reduce(0) { $0 + $1.value * $1.key.mostSeries(ledger) }
    }

    private static func counts(of ledger: TargetLedger) -> [ItemKind: Int] {
        [
            .store: ledger.verifications.listedCount,
            .job: ledger.jobs.listedCount,
            .profile: ledger.profiles.listedCount,
        ]
    }

    /// The budget for the items that the ledger lists, and for the instances.
    ///
    /// - Parameters:
    ///   - instances: The ids of the instances, in order.
    ///   - others: How many series the target has besides those of its items.
    init(_ ledger: TargetLedger, instances: [String] = [], limit: Int, besides others: Int) {
        var counts = Self.counts(of: ledger)
        counts[.instance] = instances.count
        let demands = Dictionary(
            uniqueKeysWithValues: counts.map { ($0.key, (count: $0.value, cost: $0.key.mostSeries(ledger))) })
        self.init(series: limit - others, demands: demands) { kind in
            switch kind {
            case .store: ledger.verifications.listed.map(\.id)
            case .job: ledger.jobs.listed.map(\.id)
            case .profile: ledger.profiles.listed.map(\.id)
            case .instance: instances
            }
        }
    }

    /// The items that can be shown at all; the others need not be kept.
    ///
    /// - Parameter items: All items that the server lists; with the usual number of them, they are returned unchanged.
    static func keep<Item>(
        _ items: [Item], _ kind: ItemKind, limit: Int, id: KeyPath<Item, String>
    ) -> [Item] {
        let most = limit / kind.mostSeries(TargetLedger())
        guard items.count > most else { return items }
        let ids = items.map { $0[keyPath: id] }.sorted { $0.isOrderedBefore($1) }
        let kept = Set(ids.prefix(most))
        return items.filter { kept.contains($0[keyPath: id]) }
    }
}

extension ItemKind {
    /// The most series that an item of this kind can have: each family once, each word of a result or state once.
    func mostSeries(_ ledger: TargetLedger) -> Int {
        switch self {
        case .store:
            // The state of a store may be one that is not known; verifications are counted for two sources.
            StoresCollector.gaugeCount + StoresCollector.states.count + 1 + VerificationOutcomes.outcomes.gauges.count
                + VerificationProgress.families.count + 2 + 3 * ledger.verifications.vocabulary.wordCount
        case .job:
            JobsCollector.outcomes.gauges.count + 2 + 2 * ledger.jobs.vocabulary.wordCount
        case .profile:
            ProfilesCollector.outcomes.gauges.count + ProfilesCollector.gauges.count + 3
                + 2 * ledger.profiles.vocabulary.wordCount
        case .instance:
            InstanceFamilies.mostSeries
        }
    }
}
