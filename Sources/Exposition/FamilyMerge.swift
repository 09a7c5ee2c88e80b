/// Merges blocks of one family, so that no label set is written twice.
///
/// Blocks of different targets differ in the label `target`, those of different instances in `instance_id`. So each
/// block stores the label pairs that all its series begin with, and labels are always written in the same order. If
/// these pairs differ between two blocks, none of their series can be equal, and the blocks are used unchanged. Only if
/// the pairs of one block begin with those of the other (the same target twice) are the series compared; the first
/// block in order wins.
struct FamilyMerge: Sendable {
    /// The lines to write, in the order of the blocks.
    private(set) var segments: [Segment] = []
    private(set) var seriesCount = 0
    /// The number of label sets left out because an earlier block has them.
    private(set) var duplicates = 0

    init(_ blocks: [FamilyBlock]) {
        let shared = Self.overlapping(blocks)
        var seen: Set<LabelKey> = []
        for (index, block) in blocks.enumerated() {
            if shared.contains(index) {
                addNew(of: block, seen: &seen)
            } else {
                segments.append(block.lines)
                seriesCount += block.seriesCount
            }
        }
    }

    /// Whether the lines are the same; immediate if they are the same objects.
    func hasSameBytes(as other: FamilyMerge?) -> Bool {
        guard let other, seriesCount == other.seriesCount, duplicates == other.duplicates else { return false }
        return segments.elementsEqual(other.segments) { $0.hasSameBytes(as: $1) }
    }

    /// The indices of the blocks that may share a series with another one.
    private static func overlapping(_ blocks: [FamilyBlock]) -> Set<Int> {
        guard blocks.count > 1 else { return [] }
        // In this order, all blocks that begin with a prefix directly follow it.
        let order = blocks.indices.sorted { left, right in
            blocks[left].commonLabels.withUnsafeBufferPointer { left in
                blocks[right].commonLabels.withUnsafeBufferPointer { left.precedes($0) }
            }
        }
        var result: Set<Int> = []
        var head = order[0]
        for index in order.dropFirst() {
            let continues = blocks[index].commonLabels.withUnsafeBufferPointer { labels in
                blocks[head].commonLabels.withUnsafeBufferPointer { labels.starts(withBytes: $0) }
            }
            if continues {
                result.insert(head)
                result.insert(index)
            } else {
                head = index
            }
        }
        return result
    }

    private mutating func addNew(of block: FamilyBlock, seen: inout Set<LabelKey>) {
        let groups = block.labelSets()
        let bytes = block.lines.bytes
        var kept: [UInt8] = []
        var keptSeries = 0
        for (index, group) in groups.enumerated() {
            guard seen.insert(LabelKey(segment: block.lines, range: group.labels)).inserted else {
                duplicates += 1
                continue
            }
            let next = index + 1 < groups.count ? groups[index + 1].start : bytes.count
            let lines = bytes[group.start..<next]
            kept.append(contentsOf: lines)
            keptSeries += lines.count { $0 == UInt8(ascii: "\n") }
        }
        if keptSeries == block.seriesCount {
            segments.append(block.lines)
        } else if keptSeries > 0 {
            segments.append(Segment(kept))
        }
        seriesCount += keptSeries
    }
}

extension FamilyBlock {
    /// The position of each label set; computed from the lines if every line is a label set.
    fileprivate func labelSets() -> [Group] {
        guard groups.isEmpty else { return groups }
        var result: [Group] = []
        var start = 0
        for line in lines.bytes.split(separator: UInt8(ascii: "\n")) {
            // The value contains no space, and a line break in a label is escaped, so the last space ends the series.
            let end = line.lastIndex(of: UInt8(ascii: " ")) ?? line.endIndex
            result.append(Group(start: start, labels: line.startIndex..<end))
            start = line.endIndex + 1
        }
        return result
    }
}

/// The labels of a series, compared as bytes in place.
private struct LabelKey: Hashable {
    let segment: Segment
    let range: Range<Int>

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        segment.bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    static func == (left: LabelKey, right: LabelKey) -> Bool {
        left.withBytes { left in right.withBytes { left.isEqual(to: $0) } }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(withBytes { $0.quickHash() })
    }
}
