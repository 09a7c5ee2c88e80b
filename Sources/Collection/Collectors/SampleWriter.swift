package import Exposition

/// Collects the samples of one target or instance: every series gets the label `target`, and that of an instance
/// `instance_id`; a missing value has no series.
package struct SampleWriter {
    /// The labels of every series.
    private let own: [(String, String)]
    /// Whether human names stay off the page (`privacy.hide_names`).
    private let hidesNames: Bool
    private var builders: [ObjectIdentifier: FamilyBlock.Builder] = [:]
    /// The items to show.
    var budget: SeriesBudget

    /// - Parameter budget: The items to show.
    package init(
        target: String, instance: String? = nil, hidesNames: Bool = false, budget: SeriesBudget = SeriesBudget()
    ) {
        own = [("target", target)] + (instance.map { [("instance_id", $0)] } ?? [])
        self.hidesNames = hidesNames
        self.budget = budget
    }

    /// Whether the item is to be written.
    func shows(_ kind: ItemKind, _ id: String) -> Bool {
        budget.shows(kind, id)
    }

    /// How many series were added so far.
    var seriesCount: Int {
        builders.values.reduce(0) { $0 + $1.seriesCount }
    }

    /// The labels of a store, job or profile: `store_id`, `store_name`.
    package func item(_ kind: String, id: String, name: String?) -> [(String, String)] {
        [(kind + "_id", id), (kind + "_name", self.name(name))]
    }

    /// A name that people have given, as a label: empty if there is none, or none must be shown.
    func name(_ name: String?) -> String {
        hidesNames ? "" : name ?? ""
    }

    /// Adds a sample of a gauge or counter; without a value, it adds nothing.
    package mutating func add(_ family: FamilyDescriptor, _ labels: [(String, String)], _ value: (some SampleValue)?) {
        guard let value = value?.asSample else { return }
        let labels = ofTarget(labels)
        withBuilder(of: family) { $0.add(labels: labels, value) }
    }

    mutating func addInfo(_ family: FamilyDescriptor, _ labels: [(String, String)]) {
        let labels = ofTarget(labels)
        withBuilder(of: family) { $0.addInfo(labels: labels) }
    }

    /// Adds the only sample of an info whose labels the family does not declare: the user has chosen them.
    mutating func addInfo(_ family: FamilyDescriptor, withOwn labels: [(String, String)]) {
        var builder = FamilyBlock.Builder(family, moreLabels: labels.map(\.0))
        builder.addInfo(labels: ofTarget(labels))
        builders[ObjectIdentifier(family)] = builder
    }

    /// Adds one series for each of `states`, and one for the current state if it is none of them.
    mutating func addStates(
        _ family: FamilyDescriptor, _ labels: [(String, String)], _ states: [String], current: String?
    ) {
        guard let current else { return }
        let states = states.contains(current) ? states : states + [current]
        let labels = ofTarget(labels)
        withBuilder(of: family) { $0.addStates(labels: labels, states: states, current: current) }
    }

    mutating func addSummary(
        _ family: FamilyDescriptor, _ labels: [(String, String)], sum: Double, count: UInt64
    ) {
        let labels = ofTarget(labels)
        withBuilder(of: family) { $0.addSummary(labels: labels, sum: sum, count: count) }
    }

    /// Adds one counter for each result: the known results, starting at 0, and any others that have occurred.
    mutating func addResults(
        _ family: FamilyDescriptor, _ labels: [(String, String)], _ totals: [String: Int], known: [String]
    ) {
        for result in known + totals.keys.filter({ !known.contains($0) }).sorted() {
            add(family, labels + [("result", result)], Double(totals[result] ?? 0))
        }
    }

    private func ofTarget(_ labels: [(String, String)]) -> [(String, String)] {
        own + labels
    }

    private mutating func withBuilder(of family: FamilyDescriptor, _ body: (inout FamilyBlock.Builder) -> Void) {
        body(&builders[ObjectIdentifier(family), default: FamilyBlock.Builder(family)])
    }

    /// Returns the samples; the writer must not be used afterwards.
    package consuming func finish() -> [FamilyBlock] {
        builders.values.map { $0.finish() }
    }
}

/// A type that a sample can have as its value; `true` is 1 and `false` is 0.
package protocol SampleValue {
    var asSample: Double { get }
}

extension Double: SampleValue {
    package var asSample: Double { self }
}

extension Int64: SampleValue {
    package var asSample: Double { Double(self) }
}

extension Bool: SampleValue {
    package var asSample: Double { self ? 1 : 0 }
}
