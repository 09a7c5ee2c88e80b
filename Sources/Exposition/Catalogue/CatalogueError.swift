/// Families that cannot stand in one catalogue: a mistake in the program, found when the catalogue is made.
public struct CatalogueError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All the mistakes, each with the family's name and the remedy, in the order of the families.
    public let problems: [String]

    public var description: String {
        let count = problems.count == 1 ? "1 mistake" : "\(problems.count) mistakes"
        return "the catalogue of metrics has \(count): " + problems.joined(separator: "; ")
    }
}
