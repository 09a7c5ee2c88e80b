import OperatingSystem
import PlainText
internal import Yams

/// A node of a YAML file, with its line.
///
/// Its texts may be passwords, so its description and mirror contain only its kind and line.
package struct ConfigurationNode: Sendable {
    package enum Content: Sendable {
        case nothing
        case text(String)
        case list([ConfigurationNode])
        case mapping([Entry])
    }

    /// A key and its value; the line is the key's.
    package struct Entry: Sendable {
        package let key: String
        package let line: Int
        package let value: ConfigurationNode
    }

    package let line: Int
    package let content: Content

    /// The type of the node, for messages about a wrong type.
    package var kind: String {
        switch content {
        case .nothing: "nothing"
        case .text: "a single value"
        case .list: "a list"
        case .mapping: "keys and values"
        }
    }
}

extension ConfigurationNode: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(kind) in line \(line)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Parses YAML into a tree of ``ConfigurationNode``, and reports all duplicate keys.
package struct YAMLReader {
    /// The largest file that is read, in bytes.
    static let largest = 1 << 20
    /// The node limit; only nested aliases that multiply can exceed it.
    private static let mostNodes = 200_000

    private let mistakes: MistakeCollector
    private var nodes = 0

    /// The text of the file that a flag or a key names.
    ///
    /// - Throws: ``ConfigurationError`` about the flag if the file cannot be read or is not UTF-8.
    package static func text(ofFile path: String, flag: String) throws(ConfigurationError) -> String {
        let mistakes = MistakeCollector(file: nil)
        do throws(SmallFileError) {
            let bytes = try SmallFile.read(path, limit: largest)
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            mistakes.add("\(QuotedText(path)) is not UTF-8 text; save it as UTF-8", key: flag)
        } catch {
            mistakes.add(error.explanation(path: path), key: flag)
            throw ConfigurationError(mistakes.mistakes, isTemporary: error.isTemporary)
        }
        throw ConfigurationError(mistakes.mistakes)
    }

    /// The tree of the one document in `text`, or `nil` if it has none or a mistake keeps it from being read.
    package static func read(_ text: String, mistakes: MistakeCollector) -> ConfigurationNode? {
        // Editors on Windows begin the file with a byte order mark.
        let content = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard let root = compose(content, mistakes: mistakes) else { return nil }
        var reader = YAMLReader(mistakes: mistakes)
        let node = reader.convert(root, path: "")
        guard reader.nodes <= mostNodes else {
            mistakes.add(
                "its aliases expand to more than \(mostNodes) values; use fewer of them", key: "", line: 1)
            return nil
        }
        return node
    }

    private init(mistakes: MistakeCollector) {
        self.mistakes = mistakes
    }

    /// Composes the document; Yams fails at the first duplicate key, so each duplicate is marked and parsing is
    /// repeated.
    private static func compose(_ text: String, mistakes: MistakeCollector) -> Node? {
        var source = MarkedKeys(text)
        while true {
            do {
                return try Yams.compose(yaml: source.text, .default, .default, .utf8)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                if source.markKey(line: context.mark.line, column: context.mark.column) { continue }
                let names = keys.map { KeyPath.shown(MarkedKeys.unmarked($0)) }.joined(separator: ", ")
                mistakes.add("the key \(names) is set twice; keep one", key: "", line: context.mark.line)
            } catch {
                let (message, line) = explain(error)
                mistakes.add("the file is not valid YAML: \(message)", key: "", line: line)
            }
            return nil
        }
    }

    /// The message without the excerpt of the file that Yams adds, because the excerpt may contain a password.
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
        let content: ConfigurationNode.Content
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            content = isNothing ? .nothing : .text(scalar.string)
        case .sequence(let sequence):
            var items: [ConfigurationNode] = []
            for (index, item) in sequence.enumerated() { items.append(convert(item, path: "\(path)[\(index)]")) }
            content = .list(items)
        case .mapping(let mapping):
            content = .mapping(entries(of: mapping, path: path))
        case .alias:
            // The composer has replaced every alias with the anchor's node.
            content = .nothing
        }
        return ConfigurationNode(line: line, content: content)
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
                mistakes.add("is set twice, first in line \(first); keep one", key: keyPath, line: line)
                continue
            }
            lines[key] = line
            entries.append(ConfigurationNode.Entry(key: key, line: line, value: value))
        }
        return entries
    }
}

/// A YAML text in which duplicate keys are made distinct by a mark, without changing line numbers.
///
/// The mark is a character of Unicode's private use area at the beginning of the key, a different one for each key.
private struct MarkedKeys {
    private(set) var text: String
    private var count: UInt32 = 0

    /// The most duplicate keys to report, enough for any real file.
    private static let marks: ClosedRange<UInt32> = 0xE000...0xE0FF

    init(_ text: String) {
        self.text = text
    }

    /// Marks the key that begins at a place; `false` if it is not a plain or quoted text, or the marks are used up.
    ///
    /// - Parameters:
    ///   - line: From 1, counted as in libyaml (YAML 1.1, section 4.2).
    ///   - column: From 1, in Unicode scalars.
    mutating func markKey(line: Int, column: Int) -> Bool {
        guard Self.marks.lowerBound + count <= Self.marks.upperBound,
            let mark = Unicode.Scalar(Self.marks.lowerBound + count)
        else { return false }
        var scalars = text.unicodeScalars
        guard var index = Self.index(in: scalars, line: line, column: column), index < scalars.endIndex else {
            return false
        }
        if scalars[index] == "\"" || scalars[index] == "'" { scalars.formIndex(after: &index) }
        guard !"&*!|>?[{".unicodeScalars.contains(scalars[index]) else { return false }
        scalars.insert(mark, at: index)
        text = String(scalars)
        count += 1
        return true
    }

    /// The key without its mark.
    static func unmarked(_ key: String) -> String {
        guard let first = key.unicodeScalars.first, marks.contains(first.value) else { return key }
        return String(key.unicodeScalars.dropFirst())
    }

    private static func index(
        in scalars: String.UnicodeScalarView, line: Int, column: Int
    ) -> String.UnicodeScalarView.Index? {
        var index = scalars.startIndex
        var current = 1
        while current < line {
            guard index < scalars.endIndex else { return nil }
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            let isPair = scalar == "\r" && index < scalars.endIndex && scalars[index] == "\n"
            if !isPair, ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) { current += 1 }
        }
        return scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex)
    }
}
