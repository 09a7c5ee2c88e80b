/// A part of a page, rendered once and not changed any more.
///
/// A page is made of two: a large one with what the targets say, and a small one, always fresh, about the exporter
/// itself. They are rendered and compressed apart from each other; a page is their bytes one after the other.
package struct PageSection: Sendable {
    package let format: Format
    let chunks: [Chunk]
    /// The size of the section, in bytes.
    package let byteCount: Int
    /// Sample lines in the section.
    package let seriesCount: Int
    /// Families that have a sample.
    package let familyCount: Int
    /// Label sets that were left out because another block of the family has them.
    ///
    /// Those left out within a block are counted by the block.
    package let duplicates: Int
    /// Sample lines of blocks whose family is not in the catalogue, or whose names are escaped by another scheme.
    package let leftOut: Int

    init(
        format: Format, chunks: [Chunk], seriesCount: Int, familyCount: Int, duplicates: Int, leftOut: Int
    ) {
        self.format = format
        self.chunks = chunks
        self.seriesCount = seriesCount
        self.familyCount = familyCount
        self.duplicates = duplicates
        self.leftOut = leftOut
        byteCount = chunks.reduce(0) { $0 + $1.bytes.count }
    }

    /// The section in pieces that follow one another, to be sent without joining them; none is a copy.
    package var segments: [[UInt8]] {
        chunks.map(\.bytes)
    }

    /// The section in one piece: a copy.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(byteCount)
        for chunk in chunks {
            result += chunk.bytes
        }
        return result
    }

    /// Compresses the section (deflate, level 1): the dear part of making a page.
    ///
    /// - Parameter previous: An earlier compression. What did not change since is taken from it.
    package func compressed(reusing previous: CompressedSection? = nil) -> CompressedSection {
        CompressedSection(chunks, reusing: previous)
    }
}
