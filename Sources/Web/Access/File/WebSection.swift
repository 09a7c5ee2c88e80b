import Configuration
import PlainText

/// Reads the keys of one section of the web configuration file and notes every mistake in them.
///
/// As for the programs that share the format, a key without a value, or with an empty one, is a key that is absent.
struct WebSection {
    let reader: MappingReader

    /// - Parameter keys: The known keys; `nil` where the file's author chooses them.
    init?(_ reader: MappingReader?, keys: [String]?) {
        guard let reader else { return nil }
        self.reader = reader
        guard let keys else { return }
        for entry in reader.entries where !keys.contains(entry.key) {
            let message = WebConfigurationSchema.explainUnknown(entry.key, known: keys)
            reader.mistakes.add(message, key: reader.path(entry.key), line: entry.line)
        }
    }

    /// An item of a list.
    struct Item {
        let text: String
        let key: String
        let line: Int
    }

    func section(_ key: String, keys: [String]?) -> WebSection? {
        guard isGiven(key) else { return nil }
        return WebSection(reader.section(key, keys: nil), keys: keys)
    }

    /// Whether there is something at a key, right or wrong.
    func isGiven(_ key: String) -> Bool {
        switch reader.content(key) {
        case nil, .nothing, .text(""): false
        default: true
        }
    }

    func text(_ key: String) -> String? {
        isGiven(key) ? reader.text(key) : nil
    }

    func value<Value>(_ key: String, _ parser: (String) throws(InvalidValue) -> Value) -> Value? {
        isGiven(key) ? reader.value(key, parser) : nil
    }

    /// The items of a list, which may have none; `nil` where there is no list.
    func list(_ key: String) -> [Item]? {
        guard isGiven(key) else { return nil }
        guard case .list(let nodes) = reader.content(key) else {
            reader.report(key, "must be a list (items that begin with -)")
            return nil
        }
        var items: [Item] = []
        for (index, node) in nodes.enumerated() {
            let itemKey = "\(reader.path(key))[\(index)]"
            if case .text(let text) = node.content {
                items.append(Item(text: text, key: itemKey, line: node.line))
            } else {
                reader.mistakes.add("must be a single value, not \(node.kind)", key: itemKey, line: node.line)
            }
        }
        return items
    }

    /// The values of a list; a mistake in one is noted and leaves it out.
    func values<Value>(_ key: String, _ parser: (String) throws(InvalidValue) -> Value) -> [Value]? {
        list(key)?.compactMap { reader.mistakes.parse($0.text, key: $0.key, line: $0.line, parser) }
    }
}
