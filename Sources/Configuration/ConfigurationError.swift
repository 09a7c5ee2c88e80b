/// Everything that is wrong in a configuration, found in one go.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one, sorted by line; those without a line come first.
    package let mistakes: [ConfigurationMistake]

    package init(_ mistakes: [ConfigurationMistake]) {
        // The sort has to be stable: mistakes of one line keep the order in which they were found.
        self.mistakes = mistakes.enumerated()
            .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }

    /// One mistake a line.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
