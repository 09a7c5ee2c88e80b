package import PlainText

/// Parses a text; an error explains the problem and what to write instead.
package typealias ValueParser<Value> = (_ text: String) throws(InvalidValue) -> Value

/// Reads the keys of one section and reports every mistake in them.
///
/// Each method returns `nil` for an absent key and for an invalid value; ``has(_:)`` distinguishes them.
package struct MappingReader {
    package let entries: [ConfigurationNode.Entry]
    package let mistakes: MistakeCollector
    private let path: String
    private let line: Int
    private let schema: DocumentSchema

    /// An item of a list.
    struct Item {
        let node: ConfigurationNode
        let path: String
    }

    /// Begins reading a section; reports a mistake and returns `nil` if it is not a mapping.
    ///
    /// An empty section is one without keys.
    ///
    /// - Parameters:
    ///   - keys: The known keys; `nil` if the file's author chooses them.
    ///   - schema: Explains unknown keys, in this section and in those below it.
    package init?(
        _ node: ConfigurationNode, path: String, line: Int, keys: [String]?,
        schema: DocumentSchema, mistakes: MistakeCollector
    ) {
        (self.path, self.line, self.schema, self.mistakes) = (path, line, schema, mistakes)
        switch node.content {
        case .mapping(let entries): self.entries = entries
        case .nothing: entries = []
        case .text, .list:
            mistakes.add("must contain keys and values, not \(node.kind)", key: path, line: line)
            return nil
        }
        guard let keys else { return }
        for entry in entries where !keys.contains(entry.key) {
            report(entry.key, schema.explainUnknown(entry.key, known: keys))
        }
    }

    package func path(_ key: String) -> String { KeyPath.appending(key, to: path) }

    package func has(_ key: String) -> Bool { entry(key) != nil }

    /// The line of a key, or the line of the section if the key is absent.
    func line(of key: String) -> Int { entry(key)?.line ?? line }

    package func report(_ key: String, _ message: String) {
        mistakes.add(message, key: path(key), line: line(of: key))
    }

    func requires(_ key: String, example: String) {
        if !has(key) { report(key, "is missing; add for example \(example)") }
    }

    /// The node of a key that accepts values of more than one type.
    package func content(_ key: String) -> ConfigurationNode.Content? { entry(key)?.value.content }

    /// The text of a single value, as written.
    package func text(_ key: String) -> String? {
        guard let entry = entry(key) else { return nil }
        switch entry.value.content {
        case .text(let text): return text
        case .nothing:
            report(key, "has no value; write one (in quotes if it begins with #), or remove the key")
        case .list, .mapping:
            report(key, "must be a single value, not \(entry.value.kind)")
        }
        return nil
    }

    package func value<Value>(_ key: String, _ parser: ValueParser<Value>) -> Value? {
        mistakes.parse(text(key), key: path(key), line: line(of: key), parser)
    }

    package func section(_ key: String, keys: [String]?) -> MappingReader? {
        guard let entry = entry(key) else { return nil }
        return MappingReader(
            entry.value, path: path(key), line: entry.line, keys: keys, schema: schema, mistakes: mistakes)
    }

    /// An item of a list, read as a section.
    func section(_ item: Item, keys: [String]) -> MappingReader? {
        MappingReader(
            item.node, path: item.path, line: item.node.line, keys: keys, schema: schema, mistakes: mistakes)
    }

    /// The items of a non-empty list.
    func items(_ key: String) -> [Item]? {
        guard let entry = entry(key) else { return nil }
        switch entry.value.content {
        case .list(let items) where !items.isEmpty:
            return items.enumerated().map { Item(node: $1, path: "\(path(key))[\($0)]") }
        case .list, .nothing: report(key, "is an empty list; write at least one item, or remove the key")
        case .text, .mapping: report(key, "must be a list (items that begin with -), not \(entry.value.kind)")
        }
        return nil
    }

    /// The distinct values of a list; invalid ones are left out.
    ///
    /// - Parameter what: A description of an item, for messages.
    func values<Value: Equatable>(
        _ key: String, of what: String, _ parser: ValueParser<Value>
    ) -> [Value]? {
        guard let items = items(key) else { return nil }
        var found: [Value] = []
        for item in items {
            guard case .text(let text) = item.node.content else {
                mistakes.add("must be \(what), not \(item.node.kind)", key: item.path, line: item.node.line)
                continue
            }
            guard let value = mistakes.parse(text, key: item.path, line: item.node.line, parser) else { continue }
            if found.contains(value) {
                mistakes.add("\(QuotedText(text)) is listed twice; keep one", key: item.path, line: item.node.line)
            } else {
                found.append(value)
            }
        }
        return found
    }

    private func entry(_ key: String) -> ConfigurationNode.Entry? { entries.first { $0.key == key } }
}

/// Collects the mistakes in one configuration while it is read.
package final class MistakeCollector {
    private let file: String?
    package private(set) var mistakes: [ConfigurationError.Mistake] = []

    /// - Parameters:
    ///   - file: The file as given; `nil` for flags.
    package init(file: String?) {
        self.file = file
    }

    package func add(_ message: String, key: String, line: Int? = nil) {
        mistakes.append(ConfigurationError.Mistake(file: file, line: line, key: key, message: message))
    }

    package func add(_ invalid: InvalidValue, key: String, line: Int?) {
        add(invalid.description, key: key, line: line)
    }

    func add(_ found: [ConfigurationError.Mistake]) {
        mistakes += found
    }

    /// Parses a value, if there is one; reports an invalid value and returns `nil`.
    package func parse<Value>(
        _ text: String?, key: String, line: Int? = nil, _ parser: ValueParser<Value>
    ) -> Value? {
        guard let text else { return nil }
        do {
            return try parser(text)
        } catch {
            add(error, key: key, line: line)
            return nil
        }
    }

    package func throwIfAny() throws(ConfigurationError) {
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
    }
}
