/// The whole configuration, checked: it comes from ``ConfigurationFlags/load(environment:)`` or
/// ``ConfigurationFile/validate(environment:overrides:)``.
package struct Configuration: Sendable, Equatable {
    /// At least one; the names are unique.
    package var targets: [TargetConfiguration]
    package var collection: CollectionSettings
    package var outcomes: OutcomeSettings
    /// Where the ledgers are kept; absolute, or relative to the working directory.
    package var stateDirectory: String
    /// Whether the names of stores, jobs, profiles and instances stay out of the labels.
    package var hideNames: Bool

    package init(
        targets: [TargetConfiguration], collection: CollectionSettings = CollectionSettings(),
        outcomes: OutcomeSettings = OutcomeSettings(), stateDirectory: String = "data", hideNames: Bool = false
    ) {
        self.targets = targets
        self.collection = collection
        self.outcomes = outcomes
        self.stateDirectory = stateDirectory
        self.hideNames = hideNames
    }

    /// The longest duration that a key takes; beyond it lie typing errors.
    static let longestDuration = PrometheusDuration.days(3650)

    /// The state directory where none was configured: systemd's (the first of `$STATE_DIRECTORY`), else `data`.
    static func defaultStateDirectory(environment: [String: String]) -> String {
        environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init) ?? "data"
    }
}
