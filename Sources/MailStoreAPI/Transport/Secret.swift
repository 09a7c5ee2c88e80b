/// A text that must never be shown: it prints as `<secret>` wherever it is described, dumped or mirrored.
public struct Secret: Sendable, Hashable {
    /// The text itself, for the one place that has to send it.
    public let exposed: String

    public init(_ exposed: String) {
        self.exposed = exposed
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
