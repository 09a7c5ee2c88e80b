/// The rendered samples of one family from one source, such as a target: immutable, cheap to share.
///
/// A ``Builder`` makes a block, and ``PageRenderer`` puts it on pages and adds the header lines of the family. The
/// bytes of a block are the same in both formats.
package final class FamilyBlock: Sendable {
    package let descriptor: FamilyDescriptor
    /// Sample lines in the block.
    package let seriesCount: Int
    /// Repeated label sets that were dropped.
    package let duplicates: Int
    /// Samples that were dropped because they are invalid: NaN, negative counters, labels that the family does not
    /// declare or that are given twice.
    let refused: Int
    /// The sample lines, without header lines.
    let lines: Segment
    /// Where each label set begins, in a family with several lines for each label set; empty in the other families,
    /// in which each line is a label set.
    let groups: [Group]
    /// The label pairs, each followed by a comma, that all series begin with: they distinguish this block from those
    /// of other sources.
    let commonLabels: [UInt8]

    init(
        descriptor: FamilyDescriptor, seriesCount: Int, duplicates: Int, refused: Int, lines: Segment, groups: [Group],
        commonLabels: [UInt8]
    ) {
        self.descriptor = descriptor
        self.seriesCount = seriesCount
        self.duplicates = duplicates
        self.refused = refused
        self.lines = lines
        self.groups = groups
        self.commonLabels = commonLabels
    }

    /// The lines of one label set.
    struct Group: Sendable {
        /// The offset of the first line.
        let start: Int
        /// Where the labels are in the text, without the state label.
        let labels: Range<Int>
    }
}
