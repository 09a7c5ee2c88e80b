package import Exposition

/// What all targets say, rendered: immutable, handed from the collection to the scrapes.
package struct Snapshot: Sendable {
    /// A part of the page in one format, and compressed where somebody asked for that.
    package struct Rendering: Sendable {
        package var section: PageSection
        var compressed: CompressedSection?
    }

    /// Grows with every rendering.
    package var version: UInt64
    package var text: Rendering
    package var openMetrics: Rendering
    /// Whether every target has been tried once.
    package var isReady: Bool
    package var stateSaveFailures: Int
    /// Series left out since the start, because they came twice.
    package var duplicates: UInt64

    package subscript(format: Format) -> Rendering {
        get { format == .text ? text : openMetrics }
        set {
            switch format {
            case .text: text = newValue
            case .openMetrics: openMetrics = newValue
            }
        }
    }
}
