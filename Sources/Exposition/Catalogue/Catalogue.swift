/// All metric families of the program, in the order in which they stand on a page.
///
/// A catalogue cannot be wrong: names, labels and units were checked, and no sample name of a family is also one of
/// another.
package struct Catalogue: Sendable {
    /// The families, in page order.
    package let families: [FamilyDescriptor]
    private let indices: [String: Int]

    /// Labels that belong to Prometheus and its users (`metrics.md`, "Rules").
    package static let reservedLabels: Set<String> = ["job", "instance", "type", "owner", "service"]

    /// Makes a catalogue of the families.
    ///
    /// - Parameter allowUTF8Names: Whether names outside `[a-zA-Z_:][a-zA-Z0-9_:]*` are allowed. Prometheus reads
    ///   them since version 3; older ones get them escaped.
    /// - Throws: ``CatalogueError`` with all mistakes at once.
    package init(_ families: [FamilyDescriptor], allowUTF8Names: Bool = false) throws(CatalogueError) {
        let problems = Self.problems(in: families, allowUTF8Names: allowUTF8Names)
        guard problems.isEmpty else {
            throw CatalogueError(problems: problems)
        }
        self.families = families
        indices = Dictionary(
            families.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The family of this (OpenMetrics) name.
    package func family(named name: String) -> FamilyDescriptor? {
        indices[name].map { families[$0] }
    }

    /// The place of the family on a page, counted from 0; nil where it is not in the catalogue.
    func index(of name: String) -> Int? {
        indices[name]
    }

    /// The family that a sample of this name, as found in a query or on a page, belongs to.
    package func family(ofSample sampleName: String) -> FamilyDescriptor? {
        families.first { $0.sampleNames.contains(sampleName) }
    }

    /// Whether one rendering of every family serves all escaping schemes.
    package var hasOnlyLegacyNames: Bool {
        families.allSatisfy(\.hasOnlyLegacyNames)
    }
}
