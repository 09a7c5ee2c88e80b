internal import Yams

/// Turns YAML into a tree of ``ConfigurationNode``, with its own account of duplicate keys.
package struct YAMLReader {
    /// More nodes than that come only from aliases that multiply each other.
    private static let mostNodes = 200_000

    private let mistakes: MistakeCollector
    private var nodes = 0

    /// The tree of the one document in `text`, or `nil` where it has none or a mistake keeps it from being read.
    package static func read(_ text: String, mistakes: MistakeCollector) -> ConfigurationNode? {
        guard let root = compose(text, mistakes: mistakes) else { return nil }
        var reader = YAMLReader(mistakes: mistakes)
        let node = reader.convert(root, path: "")
        guard reader.nodes <= mostNodes else {
            mistakes.add("the aliases in the file multiply beyond reason; write less with them", key: "", line: 1)
            return nil
        }
        return node
    }

    private init(mistakes: MistakeCollector) {
        self.mistakes = mistakes
    }

    /// Composes the document; Yams gives up at the first duplicate key, so duplicates are marked and it is asked again.
    private static func compose(_ text: String, mistakes: MistakeCollector) -> Node? {
        var source = MarkedKeys(text)
        while true {
            do {
                return try Yams.compose(yaml: source.text, .default, .default, .utf8)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                if source.markKey(line: context.mark.line, column: context.mark.column) { continue }
                let names = keys.map { KeyPath.shown(MarkedKeys.unmarked($0)) }.joined(separator: ", ")
                mistakes.add("the key \(names) is given twice; keep one", key: "", line: context.mark.line)
            } catch {
                let (message, line) = explain(error)
                mistakes.add("the file is not YAML: \(message)", key: "", line: line)
            }
            return nil
        }
    }

    /// The message without the excerpt of the file that Yams would add to it: there may be a password in it.
    private static func explain(_ error: any Error) -> (message: String, line: Int?) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let place = context.map { ", \($0.text) in line \($0.mark.line)" } ?? ""
            return ("\(problem) (column \(mark.column)\(place))", mark.line)
        case YamlError.reader(let problem, let offset, _, let yaml):
            return (problem, offset.map { yaml.prefix($0).reduce(1) { $0 + ($1.isNewline ? 1 : 0) } })
        default:
            return ("it cannot be read", nil)
        }
    }

    private mutating func convert(_ node: Node, path: String) -> ConfigurationNode {
        nodes += 1
        let line = node.mark?.line ?? 1
        guard nodes <= Self.mostNodes else { return ConfigurationNode(line: line, content: .nothing) }
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return ConfigurationNode(line: line, content: isNothing ? .nothing : .text(scalar.string))
        case .sequence(let sequence):
            var items: [ConfigurationNode] = []
            for (index, item) in sequence.enumerated() { items.append(convert(item, path: "\(path)[\(index)]")) }
            return ConfigurationNode(line: line, content: .list(items))
        case .mapping(let mapping):
            return ConfigurationNode(line: line, content: .mapping(entries(of: mapping, path: path)))
        case .alias:
            // The composer has put the anchor's node in the place of every alias.
            return ConfigurationNode(line: line, content: .nothing)
        }
    }

    private mutating func entries(of mapping: Node.Mapping, path: String) -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        var lines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping {
            let line = keyNode.mark?.line ?? 1
            guard let scalar = keyNode.scalar else {
                mistakes.add("a key must be a single value, not a list or a mapping", key: path, line: line)
                continue
            }
            let key = MarkedKeys.unmarked(scalar.string)
            let keyPath = KeyPath.appending(key, to: path)
            let value = convert(valueNode, path: keyPath)
            if let first = lines[key] {
                mistakes.add("is given twice, first in line \(first); keep one", key: keyPath, line: line)
                continue
            }
            lines[key] = line
            entries.append(ConfigurationNode.Entry(key: key, line: line, value: value))
        }
        return entries
    }
}
