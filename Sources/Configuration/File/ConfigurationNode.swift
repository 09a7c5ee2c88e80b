/// A part of a configuration file: what was written, and in which line.
///
/// Its texts may be passwords, so it describes and mirrors itself by its kind and line alone.
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

    /// What it is, for messages about a wrong type.
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
