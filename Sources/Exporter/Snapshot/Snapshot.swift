import Exposition

/// What all targets say, rendered: immutable, handed from the collection to the scrapes.
struct Snapshot: Sendable {
    /// A part of the page in one format, and compressed where somebody asked for that.
    struct Rendering: Sendable {
        var section: PageSection
        var compressed: CompressedSection?
    }

    /// Grows with every rendering.
    var version: UInt64
    var text: Rendering
    var openMetrics: Rendering
    /// Whether every target has been tried once.
    var isReady: Bool
    var stateSaveFailures: Int
    /// Series left out since the start, because they came twice.
    var duplicates: UInt64

    subscript(format: Format) -> Rendering {
        get { format == .text ? text : openMetrics }
        set {
            switch format {
            case .text: text = newValue
            case .openMetrics: openMetrics = newValue
            }
        }
    }
}
