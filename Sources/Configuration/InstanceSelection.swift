package import PlainText

/// The instances of a Service Provider Edition that are collected, chosen by their ids.
package struct InstanceSelection: Sendable, Equatable {
    /// An instance is collected if its id matches one of these; at least one.
    package var include: [InstancePattern]
    /// An instance whose id matches one of these is not.
    package var exclude: [InstancePattern]
    /// Labels for instances, by patterns for their ids, in the order in which they were written.
    package var labels: [PatternLabels]

    /// The user's own labels for the instances whose id matches a pattern.
    package struct PatternLabels: Sendable, Equatable {
        package var pattern: InstancePattern
        package var labels: TargetLabels
    }

    /// All instances, unless other patterns are given.
    package init(
        include: [InstancePattern] = [.all], exclude: [InstancePattern] = [], labels: [PatternLabels] = []
    ) {
        self.include = include
        self.exclude = exclude
        self.labels = labels
    }

    package func chooses(_ id: String) -> Bool {
        include.contains { $0.matches(id) } && !exclude.contains { $0.matches(id) }
    }
}

extension InstanceSelection {
    /// Reads the section `instances` of a target.
    init(_ target: MappingReader) {
        let section = target.section("instances", keys: ConfigurationSchema.instances)
        func patterns(_ key: String) -> [InstancePattern]? {
            section?.values(key, of: "a pattern in quotes, such as \"test-*\"", InstancePattern.init(parsing:))
        }
        let labels = section?.section("labels", keys: nil)
        self.init(
            include: patterns("include") ?? [.all], exclude: patterns("exclude") ?? [],
            labels: (labels?.entries ?? []).compactMap { entry -> PatternLabels? in
                do {
                    let pattern = try InstancePattern(parsing: entry.key)
                    return TargetLabels(in: labels, entry.key).map { PatternLabels(pattern: pattern, labels: $0) }
                } catch {
                    labels?.report(entry.key, "\(error)")
                    return nil
                }
            })
    }
}

extension TargetConfiguration {
    /// The user's own labels of an instance: those of the target, and those of the patterns that match, of which later ones
    /// override.
    package func labels(ofInstance id: String) -> TargetLabels {
        instances.labels.filter { $0.pattern.matches(id) }.reduce(labels) { $0.overridden(by: $1.labels) }
    }
}

/// A pattern for the ids of instances: `*` stands for any characters, `?` for one.
///
/// Letters match without regard to case, because the server's rule for ids is not published.
package struct InstancePattern: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let scalars: [Unicode.Scalar]

    private static let longest = 256

    package static let all = InstancePattern(checked: "*")

    package init(parsing text: String) throws(InvalidValue) {
        let text = try SimpleValue.line(text)
        guard text.unicodeScalars.count <= Self.longest else {
            throw InvalidValue("is too long; the maximum is \(Self.longest) characters")
        }
        if let bracket = text.first(where: { "[]{}\\".contains($0) }) {
            throw InvalidValue(
                "\(QuotedText(text)) contains \(bracket), which has no meaning here; write one pattern for each case, or "
                    + "? for one character and * for any")
        }
        self.init(checked: text)
    }

    private init(checked text: String) {
        description = text
        scalars = Array(text.lowercased().unicodeScalars)
    }

    package func matches(_ id: String) -> Bool {
        let id = Array(id.lowercased().unicodeScalars)
        var (place, position) = (0, 0)
        // Where to continue if what follows the last star does not match: the star then stands for one more character.
        var star: (place: Int, position: Int)?
        while position < id.count {
            if place < scalars.count, scalars[place] == "*" {
                star = (place, position)
                place += 1
            } else if place < scalars.count, scalars[place] == "?" || scalars[place] == id[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                (place, position) = (last.place + 1, last.position + 1)
            } else {
                return false
            }
        }
        return scalars[place...].allSatisfy { $0 == "*" }
    }
}
