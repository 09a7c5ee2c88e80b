/// All metric families of the program, in the order in which they appear on a page.
///
/// A catalogue is always valid: names, labels and units have been checked, and no two families share a sample name.
package struct Catalogue: Sendable {
    /// The families, in page order.
    package let families: [FamilyDescriptor]
    private let indices: [String: Int]
    /// The same for the families themselves, which is faster.
    private let places: [ObjectIdentifier: Int]

    /// Creates a catalogue of the families.
    ///
    /// - Throws: ``CatalogueError`` with all mistakes at once.
    package init(_ families: [FamilyDescriptor]) throws(CatalogueError) {
        let problems = Self.problems(in: families)
        guard problems.isEmpty else { throw CatalogueError(problems: problems) }
        self.families = families
        indices = Dictionary(uniqueKeysWithValues: families.enumerated().map { ($0.element.name, $0.offset) })
        places = Dictionary(
            uniqueKeysWithValues: families.enumerated().map { (ObjectIdentifier($0.element), $0.offset) })
    }

    /// The position of the family on a page, counted from 0; nil if it is not in the catalogue.
    func index(of family: FamilyDescriptor) -> Int? {
        places[ObjectIdentifier(family)] ?? indices[family.name].flatMap { families[$0] == family ? $0 : nil }
    }

    /// The family of a sample name, as it appears in a query or on a page.
    package func family(ofSample sampleName: String) -> FamilyDescriptor? {
        families.first { $0.sampleNames.contains(sampleName) }
    }
}

/// Families that cannot be in one catalogue: a bug, found when the catalogue is created.
package struct CatalogueError: Error, Sendable, CustomStringConvertible {
    /// All mistakes, each with the family's name and the remedy, in the order of the families.
    let problems: [String]

    package var description: String {
        let count = problems.count == 1 ? "1 mistake" : "\(problems.count) mistakes"
        return "the catalogue of metrics has \(count): " + problems.joined(separator: "; ")
    }
}

extension Catalogue {
    /// Labels that are reserved for Prometheus and its users (`docs/metrics.md`).
    private static let reservedLabels: Set<String> = ["job", "instance", "type", "owner", "service"]

    /// Every mistake in the families; empty if there is none.
    private static func problems(in families: [FamilyDescriptor]) -> [String] {
        var problems: [String] = []
        var owners: [String: String] = [:]
        for family in families {
            problems += nameProblems(of: family) + labelProblems(of: family) + unitProblems(of: family)
            if family.help.isEmpty { problems.append("\(family.name): there is no help; write one sentence") }
            if family.group.isEmpty {
                problems.append("\(family.name): there is no group; name the collector that fills the family")
            }
            let claimed = Set([""] + family.type.reservedSuffixes).map { family.name + $0 }
            for name in claimed.sorted() {
                guard let owner = owners[name] else {
                    owners[name] = family.name
                    continue
                }
                if owner != family.name {
                    problems.append("\(family.name): its name \(name) also belongs to \(owner); rename one of them")
                } else if name == family.name {
                    problems.append("\(name): the family is declared twice; keep one")
                }
            }
        }
        return problems
    }

    private static func nameProblems(of family: FamilyDescriptor) -> [String] {
        let name = family.name
        guard !name.isEmpty else { return ["a family has no name; give it one"] }
        var problems: [String] = []
        if !isValidName(name, allowsColon: true) {
            problems.append("\(name): not a valid name; use letters, digits and underscores, no digit first")
        }
        if name.hasSuffix("_total") {
            problems.append(
                family.type == .counter
                    ? "\(name): leave out _total, the encoder adds it" : "\(name): only a counter ends in _total")
        }
        if family.type == .info, name.hasSuffix("_info") {
            problems.append("\(name): leave out _info, the encoder adds it")
        }
        return problems
    }

    private static func labelProblems(of family: FamilyDescriptor) -> [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        for label in family.allLabelNames {
            if !seen.insert(label).inserted {
                problems.append("\(family.name): the label \(label) is declared twice; keep one")
            }
            if label.hasPrefix("__") || !isValidName(label) {
                problems.append(
                    "\(family.name): \"\(label)\" is not a valid label; use letters, digits and underscores, "
                        + "no digit first and not two underscores")
            }
            if reservedLabels.contains(label) {
                problems.append("\(family.name): the label \(label) belongs to Prometheus and its users; rename it")
            }
            if family.type == .summary, label == "quantile" {
                problems.append("\(family.name): the label \(label) is reserved for summaries; rename it")
            }
        }
        if family.type == .stateset, family.stateLabel == nil {
            problems.append("\(family.name): a state set needs a state label; name it")
        }
        if family.type != .stateset, family.stateLabel != nil {
            problems.append("\(family.name): only a state set has a state label; leave it out")
        }
        return problems
    }

    private static func unitProblems(of family: FamilyDescriptor) -> [String] {
        guard let unit = family.unit else { return [] }
        var problems: [String] = []
        if !isValidName(unit) {
            problems.append("\(family.name): \"\(unit)\" is not a valid unit; use a base unit such as seconds")
        }
        if !family.name.hasSuffix("_" + unit) {
            problems.append("\(family.name): the name does not end in its unit \(unit); append _\(unit)")
        }
        if family.type == .info || family.type == .stateset {
            problems.append("\(family.name): a family of type \(family.type.rawValue) has no unit; leave it out")
        }
        return problems
    }

    /// Whether every version of Prometheus reads the name: `[a-zA-Z_][a-zA-Z0-9_]*`, colons allowed in a metric's name.
    private static func isValidName(_ name: String, allowsColon: Bool = false) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.enumerated().allSatisfy { index, scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "_": true
                case "0"..."9": index > 0
                case ":": allowsColon
                default: false
                }
            }
    }
}
