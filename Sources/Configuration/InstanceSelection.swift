package import PlainText

/// The instances of a Service Provider Edition that are collected, chosen by their ids.
package struct InstanceSelection: Sendable, Equatable {
    /// An instance is collected if its id matches one of these; at least one.
    package var include: [InstancePattern]
    /// An instance whose id matches one of these is not.
    package var exclude: [InstancePattern]

    /// All instances, unless other patterns are given.
    package init(include: [InstancePattern] = [.all], exclude: [InstancePattern] = []) {
        self.include = include
        self.exclude = exclude
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
        self.init(include: patterns("include") ?? [.all], exclude: patterns("exclude") ?? [])
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
