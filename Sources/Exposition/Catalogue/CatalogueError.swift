/// Families that cannot stand in one catalogue: a mistake in the program, found when the catalogue is made.
package struct CatalogueError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All the mistakes, each with the family's name and the remedy, in the order of the families.
    package let problems: [String]

    package var description: String {
        let count = problems.count == 1 ? "1 mistake" : "\(problems.count) mistakes"
        return "the catalogue of metrics has \(count): " + problems.joined(separator: "; ")
    }
}
