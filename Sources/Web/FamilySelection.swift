import Collection
import Exposition

/// The families that a scrape asks for with `collect[]` and `name[]`, as with other exporters.
struct FamilySelection: Sendable {
    /// Names of collectors, and of the other parts of the program that fill families; empty for all.
    var collectors: Set<String>
    /// Names of families or of their samples; empty for all.
    var names: Set<String>

    /// - Returns: `nil` if the scrape asks for everything.
    init?(collect: [String], names: [String]) {
        guard !collect.isEmpty || !names.isEmpty else { return nil }
        collectors = Set(collect)
        self.names = Set(names)
    }

    func contains(_ family: FamilyDescriptor) -> Bool {
        (collectors.isEmpty || collectors.contains(family.group))
            && (names.isEmpty || names.contains(family.name) || !names.isDisjoint(with: family.sampleNames))
    }

    /// Why the selection cannot be answered: it names collectors that do not exist; `nil` if it can.
    func problem(in catalogue: Catalogue) -> String? {
        let known = Self.groups(of: catalogue)
        let unknown = collectors.subtracting(known).sorted()
        guard !unknown.isEmpty else { return nil }
        let shown = unknown.prefix(5).map { "\"\(String($0.prefix(50)))\"" }.joined(separator: ", ")
        return "No such collector: \(shown). Use collect[] with: \(known.joined(separator: ", "))."
    }

    /// What `collect[]` can name, in the order of the page.
    static func groups(of catalogue: Catalogue) -> [String] {
        var groups: [String] = []
        for family in catalogue.families where !groups.contains(family.group) { groups.append(family.group) }
        return groups
    }
}
