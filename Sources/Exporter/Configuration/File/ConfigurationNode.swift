/// A part of a configuration file: what was written, and in which line.
///
/// Its texts may be passwords, so it describes and mirrors itself by its kind and line alone.
struct ConfigurationNode: Sendable {
    enum Content: Sendable {
        case nothing
        case text(String)
        case list([ConfigurationNode])
        case mapping([Entry])
    }

    /// A key and its value; the line is the key's.
    struct Entry: Sendable {
        let key: String
        let line: Int
        let value: ConfigurationNode
    }

    let line: Int
    let content: Content

    /// What it is, for messages about a wrong type.
    var kind: String {
        switch content {
        case .nothing: "nothing"
        case .text: "a single value"
        case .list: "a list"
        case .mapping: "keys and values"
        }
    }
}

extension ConfigurationNode: CustomStringConvertible, CustomReflectable {
    var description: String { "\(kind) in line \(line)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
