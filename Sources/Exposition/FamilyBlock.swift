/// The rendered samples of one family from one source, such as a target: immutable, cheap to share.
///
/// A ``Builder`` makes a block, and ``PageRenderer`` puts it on pages and adds the header lines of the family. The
/// bytes of a block are the same in both formats.
package final class FamilyBlock: Sendable {
    let descriptor: FamilyDescriptor
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

/// Rendered bytes that no longer change, so that several pages can share them without a copy.
final class Segment: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// From this size, in bytes, a segment is sent on its own: to share it then costs less than to copy it.
    static let shareFrom = 32 * 1024

    /// The same bytes in as few pieces as it takes to copy no large segment.
    static func joined(_ segments: [Segment]) -> [Segment] {
        var result: [Segment] = []
        var start = 0
        while start < segments.count {
            let end = segments[start...].firstIndex { $0.bytes.count >= shareFrom } ?? segments.count
            if end > start {
                result.append(Segment(Array(joining: segments[start..<end])))
                start = end
            } else {
                result.append(segments[start])
                start += 1
            }
        }
        return result
    }

    /// Whether both contain the same bytes; immediate if they are the same object.
    func hasSameBytes(as other: Segment) -> Bool {
        self === other
            || bytes.withUnsafeBufferPointer { left in
                other.bytes.withUnsafeBufferPointer { right in left.isEqual(to: right) }
            }
    }
}
