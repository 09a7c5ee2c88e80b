/// All that the collection of one target goes by: where two are equal, the collection need not begin anew.
struct TargetSettings: Sendable, Equatable {
    var target: TargetConfiguration
    var collection: CollectionSettings
    var outcomes: OutcomeSettings
    var hideNames: Bool
    var stateDirectory: String

    /// - Parameter configuration: the whole that the target is a part of.
    init(_ target: TargetConfiguration, of configuration: Configuration) {
        self.target = target
        collection = configuration.collection
        outcomes = configuration.outcomes
        hideNames = configuration.hideNames
        stateDirectory = configuration.stateDirectory
    }
}
