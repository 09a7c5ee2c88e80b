/// A text that must never be shown: it prints as `<secret>` wherever it is described, dumped or mirrored.
package struct Secret: Sendable, Hashable {
    /// The text itself, for the one place that has to send it.
    package let exposed: String

    package init(_ exposed: String) {
        self.exposed = exposed
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
