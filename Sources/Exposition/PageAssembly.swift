/// The blocks of one source, such as a target or an instance: immutable, and the same object while nothing changes.
package final class SourceBlocks: Sendable {
    package let blocks: [FamilyBlock]

    package init(_ blocks: [FamilyBlock]) {
        self.blocks = blocks
    }
}

/// The blocks of many sources, put together family by family into pieces that all formats and all later pages share.
///
/// A change costs what has changed: of a family only the piece is made again that holds the source, and only if the
/// bytes of the source are others than before. Large blocks are never copied.
///
/// ```swift
/// var assembly = PageAssembly(catalogue)
/// assembly.update([first, second])
/// let page = PageRenderer(catalogue, format: .text).section(assembly)
/// ```
///
/// Each source has labels of its own, so no two of them have a label set in common.
package struct PageAssembly: Sendable {
    private let catalogue: Catalogue
    private var sources: [SourceBlocks] = []
    /// One strip for each family of the catalogue, in its order, and one for all other families.
    private var strips: [FamilyStrip]

    package init(_ catalogue: Catalogue) {
        self.catalogue = catalogue
        strips = [FamilyStrip](repeating: FamilyStrip(), count: catalogue.families.count + 1)
    }

    /// Takes over the newest blocks of all sources, in the order in which they appear in each family.
    package mutating func update(_ new: [SourceBlocks]) {
        if new.count != sources.count {
            sources = [SourceBlocks](repeating: SourceBlocks([]), count: new.count)
            for index in strips.indices { strips[index] = FamilyStrip(sources: new.count) }
        }
        for (place, source) in new.enumerated() where source !== sources[place] {
            replace(place, by: source)
        }
        for index in strips.indices { strips[index].makePieces() }
    }

    private mutating func replace(_ place: Int, by source: SourceBlocks) {
        let former = byFamily(sources[place])
        let new = byFamily(source)
        for index in former.keys where new[index] == nil { strips[index].set(nil, at: place) }
        for (index, blocks) in new {
            // Most blocks of a source are the same objects as before.
            if let old = former[index], old.elementsEqual(blocks, by: ===) { continue }
            strips[index].set(FamilyMerge(blocks), at: place)
        }
        sources[place] = source
    }

    private func byFamily(_ source: SourceBlocks) -> [Int: [FamilyBlock]] {
        Dictionary(grouping: source.blocks.lazy.filter { $0.seriesCount > 0 }) { block in
            catalogue.index(of: block.descriptor) ?? catalogue.families.count
        }
    }

    /// The families of the catalogue.
    var families: ArraySlice<FamilyStrip> { strips.dropLast() }

    /// Sample lines of families that are not in the catalogue.
    var leftOut: Int { strips.last?.seriesCount ?? 0 }
}

/// The lines of one family from all sources, in pieces of some consecutive sources each.
struct FamilyStrip: Sendable {
    /// The lines of some consecutive sources.
    private struct Chunk {
        /// The place after the last source.
        var end: Int
        var piece: Piece?
        var isCurrent = false
    }

    /// The lines of each source; empty until the first source has the family.
    private var sources: [FamilyMerge?] = []
    private let sourceCount: Int
    private var chunks: [Chunk] = []
    private(set) var seriesCount = 0
    private(set) var duplicates = 0

    init(sources count: Int = 0) {
        sourceCount = count
    }

    /// The lines, to be written one after the other.
    var pieces: some Sequence<Piece> { chunks.lazy.compactMap(\.piece) }

    /// Sets the lines of one source; the pieces are made later.
    mutating func set(_ lines: FamilyMerge?, at place: Int) {
        if sources.isEmpty {
            sources = [FamilyMerge?](repeating: nil, count: sourceCount)
            chunks = [Chunk(end: sourceCount)]
        }
        let former = sources[place]
        guard lines?.hasSameBytes(as: former) != true else { return }
        seriesCount += (lines?.seriesCount ?? 0) - (former?.seriesCount ?? 0)
        duplicates += (lines?.duplicates ?? 0) - (former?.duplicates ?? 0)
        sources[place] = lines
        chunks[chunk(of: place)].isCurrent = false
    }

    /// The chunk with the source, found by bisection.
    private func chunk(of place: Int) -> Int {
        var (low, high) = (0, chunks.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].end > place { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Makes the pieces with a source that has changed; one that has grown becomes several.
    mutating func makePieces() {
        guard chunks.contains(where: { !$0.isCurrent }) else { return }
        var new: [Chunk] = []
        new.reserveCapacity(chunks.count)
        var start = 0
        for chunk in chunks {
            if chunk.isCurrent { new.append(chunk) } else { makePieces(of: start..<chunk.end, to: &new) }
            start = chunk.end
        }
        chunks = new
    }

    private func makePieces(of places: Range<Int>, to chunks: inout [Chunk]) {
        var segments: [Segment] = []
        var size = 0
        for place in places {
            let lines = sources[place]?.segments ?? []
            segments += lines
            size += lines.reduce(0) { $0 + $1.bytes.count }
            guard size >= Piece.fullSize || place + 1 == places.upperBound else { continue }
            chunks.append(Chunk(end: place + 1, piece: size > 0 ? Piece(segments) : nil, isCurrent: true))
            (segments, size) = ([], 0)
        }
    }
}
