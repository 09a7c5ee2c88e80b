package import PlainText

/// Reads the keys of one section and notes every mistake in them.
///
/// Each method answers `nil` both for a key that is absent and for one that is wrong; ``has(_:)`` tells them apart.
package struct MappingReader {
    package let path: String
    package let line: Int
    package let mistakes: MistakeCollector
    package let entries: [ConfigurationNode.Entry]

    /// Begins with a section; a mistake and `nil` where it is not a mapping.
    ///
    /// An empty section is one without keys.
    ///
    /// - Parameter keys: The known keys; `nil` where the file's author chooses them.
    package init?(_ node: ConfigurationNode, path: String, line: Int, keys: [String]?, mistakes: MistakeCollector) {
        (self.path, self.line, self.mistakes) = (path, line, mistakes)
        switch node.content {
        case .mapping(let entries): self.entries = entries
        case .nothing: entries = []
        case .text, .list:
            mistakes.add("must hold keys and values, not \(node.kind)", key: path, line: line)
            return nil
        }
        for entry in entries where keys.map({ !$0.contains(entry.key) }) ?? false {
            let message = ConfigurationSchema.explainUnknown(entry.key, known: keys ?? [])
            mistakes.add(message, key: self.path(entry.key), line: entry.line)
        }
    }

    package func path(_ key: String) -> String { KeyPath.appending(key, to: path) }

    package func has(_ key: String) -> Bool { entry(key) != nil }

    /// The line of a key, or that of the section where it is absent.
    package func line(of key: String) -> Int { entry(key)?.line ?? line }

    package func report(_ key: String, _ message: String) {
        mistakes.add(message, key: path(key), line: line(of: key))
    }

    package func requires(_ key: String, example: String) {
        if !has(key) { report(key, "is missing; add for example \(example)") }
    }

    /// What was written for a key that takes values of more than one kind.
    package func content(_ key: String) -> ConfigurationNode.Content? { entry(key)?.value.content }

    /// The text of a single value, as it was written.
    package func text(_ key: String) -> String? {
        guard let entry = entry(key) else { return nil }
        switch entry.value.content {
        case .text(let text): return text
        case .nothing:
            report(key, "has no value; write one (in quotes if it begins with #), or leave the key out")
        case .list, .mapping:
            report(key, "must be a single value, not \(entry.value.kind)")
        }
        return nil
    }

    package func value<Value>(_ key: String, _ parser: (String) throws(InvalidValue) -> Value) -> Value? {
        guard let text = text(key) else { return nil }
        return mistakes.parse(text, key: path(key), line: line(of: key), parser)
    }

    package func section(_ key: String, keys: [String]?) -> MappingReader? {
        guard let entry = entry(key) else { return nil }
        return MappingReader(entry.value, path: path(key), line: entry.line, keys: keys, mistakes: mistakes)
    }

    /// The items of a list that has at least one.
    package func items(_ key: String) -> [ConfigurationNode]? {
        guard let entry = entry(key) else { return nil }
        switch entry.value.content {
        case .list(let items) where !items.isEmpty: return items
        case .list, .nothing: report(key, "is an empty list; write at least one item, or leave the key out")
        case .text, .mapping: report(key, "must be a list (items that begin with -), not \(entry.value.kind)")
        }
        return nil
    }

    private func entry(_ key: String) -> ConfigurationNode.Entry? { entries.first { $0.key == key } }
}
