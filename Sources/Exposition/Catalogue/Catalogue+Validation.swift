extension Catalogue {
    /// Every mistake in the families, for people; empty where there is none.
    static func problems(in families: [FamilyDescriptor], allowUTF8Names: Bool) -> [String] {
        var problems: [String] = []
        var owners: [String: String] = [:]
        for family in families {
            problems += nameProblems(of: family, allowUTF8Names: allowUTF8Names)
            problems += labelProblems(of: family, allowUTF8Names: allowUTF8Names)
            problems += unitProblems(of: family)
            if family.help.isEmpty {
                problems.append("\(family.name): there is no help; write one sentence")
            }
            if family.group.isEmpty {
                problems.append("\(family.name): there is no group; name the collector that fills the family")
            }
            // Under the escaping that most clients get, so that names which only differ in a dot collide too.
            let claimed = ([""] + family.type.reservedSuffixes).map {
                MetricName.escapedMetricName(family.name + $0, .underscores)
            }
            for name in Set(claimed).sorted() {
                guard let owner = owners[name] else {
                    owners[name] = family.name
                    continue
                }
                if owner != family.name {
                    problems.append("\(family.name): its name \(name) also belongs to \(owner); rename one of them")
                } else if name == claimed[0] {
                    problems.append("\(name): the family is declared twice; keep one")
                }
            }
        }
        return problems
    }

    private static func nameProblems(of family: FamilyDescriptor, allowUTF8Names: Bool) -> [String] {
        let name = family.name
        guard !name.isEmpty else {
            return ["a family has no name; give it one"]
        }
        var problems: [String] = []
        if !allowUTF8Names, !MetricName.isLegacyMetricName(name) {
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

    private static func labelProblems(of family: FamilyDescriptor, allowUTF8Names: Bool) -> [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        for label in family.labelNames + (family.stateLabel.map { [$0] } ?? []) {
            if !seen.insert(MetricName.escapedLabelName(label, .underscores)).inserted {
                problems.append(
                    "\(family.name): the label \(label) is declared twice or looks like another one; keep one")
            }
            if label.isEmpty || label.hasPrefix("__") || !(allowUTF8Names || MetricName.isLegacyLabelName(label)) {
                problems.append(
                    "\(family.name): \"\(label)\" is not a valid label; use letters, digits and underscores, "
                        + "no digit first and not two underscores")
            }
            if reservedLabels.contains(label) {
                problems.append("\(family.name): the label \(label) belongs to Prometheus and its users; rename it")
            }
            if label == family.type.ownLabel {
                problems.append("\(family.name): the label \(label) is the encoder's own in this type; rename it")
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
        if !MetricName.isLegacyLabelName(unit) {
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
}
