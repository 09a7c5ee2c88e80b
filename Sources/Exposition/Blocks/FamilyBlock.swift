/// The rendered samples of one family from one source, such as a target: immutable, cheap to share.
///
/// A block is made by a ``Builder`` and put on pages by ``PageRenderer``, without the header lines of the family. Its
/// bytes serve both formats; only a histogram is rendered twice, since the formats differ in how `le` is written.
package struct FamilyBlock: Sendable {
    package let descriptor: FamilyDescriptor
    /// The scheme that names were escaped by.
    ///
    /// It only matters for families with names that Prometheus 2 cannot read.
    package let escaping: EscapingScheme
    /// Sample lines in the block; a histogram has several a label set.
    package let seriesCount: Int
    /// Label sets that came a second time and were left out.
    package let duplicates: Int
    /// Samples that were left out because no page can hold them: NaN, negative counters, labels that the family does
    /// not declare or that are given twice, histograms whose buckets contradict each other.
    package let refused: Int

    let text: Chunk
    let openMetrics: Chunk
    /// Where each label set begins, in a family that writes several lines for one; empty in the other families,
    /// where a line is a label set.
    let groups: [Group]
    /// The label pairs, each followed by a comma, that all series begin with: what sets this block apart from those
    /// of other sources.
    let commonLabels: [UInt8]

    /// The lines of one label set.
    struct Group: Sendable {
        /// Offsets of the first line.
        let textStart: Int
        let openMetricsStart: Int
        /// Where the labels lie in the text, without the state label or `le`.
        let labels: Range<Int>
    }

    /// Whether there is nothing to write.
    package var isEmpty: Bool {
        seriesCount == 0
    }

    /// The size of the block on a page, in bytes, without header lines.
    package func byteCount(in format: Format) -> Int {
        chunk(for: format).bytes.count
    }

    /// The sample lines, without header lines.
    package func bytes(for format: Format) -> [UInt8] {
        chunk(for: format).bytes
    }

    func chunk(for format: Format) -> Chunk {
        format == .text ? text : openMetrics
    }
}
