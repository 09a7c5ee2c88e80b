/// All that the collection of one target goes by: where two are equal, the collection need not begin anew.
package struct TargetSettings: Sendable, Equatable {
    package var target: TargetConfiguration
    package var collection: CollectionSettings
    package var outcomes: OutcomeSettings
    package var hideNames: Bool
    package var stateDirectory: String

    /// - Parameter configuration: the whole that the target is a part of.
    package init(_ target: TargetConfiguration, of configuration: Configuration) {
        self.target = target
        collection = configuration.collection
        outcomes = configuration.outcomes
        hideNames = configuration.hideNames
        stateDirectory = configuration.stateDirectory
    }
}
