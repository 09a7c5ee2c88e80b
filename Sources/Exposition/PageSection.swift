/// A part of a page, immutable after rendering.
///
/// A page has two sections: a large one about the targets, and a small one, always current, about the exporter itself.
/// They are rendered and compressed separately; a page consists of their bytes in sequence.
package struct PageSection: Sendable {
    /// The section as consecutive pieces, to be sent without joining them.
    let parts: [Piece]
    /// The size of the section, in bytes.
    package let byteCount: Int
    /// Sample lines in the section.
    package let seriesCount: Int
    /// Families that have a sample.
    let familyCount: Int
    /// The number of label sets dropped because another block of the family has them.
    ///
    /// Label sets dropped within a block are counted by the block.
    package let duplicates: Int
    /// Sample lines of blocks whose family is not in the catalogue.
    package let leftOut: Int

    /// The bytes of the section in pieces, without a copy.
    package var segments: [[UInt8]] {
        parts.flatMap { $0.segments.map(\.bytes) }
    }

    /// The section in one piece, as a copy.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(byteCount)
        for segment in segments { result += segment }
        return result
    }

    /// Compresses the section (deflate, level 1): the most expensive step of making a page.
    ///
    /// - Parameter previous: An earlier compression, whose unchanged pieces are reused.
    package func compressed(reusing previous: CompressedSection? = nil) -> CompressedSection {
        CompressedSection(parts, reusing: previous)
    }
}

extension PageSection {
    /// Collects the pieces of a section: large ones are shared, and what is small is put together.
    ///
    /// So ten thousand small blocks are not sent in ten thousand parts, and large blocks need no copy.
    struct Builder {
        /// Once the collected small pieces have this size, in bytes, the part ends after the current family.
        private static let runSize = 128 * 1024

        /// Sample lines of blocks that do not belong on the page.
        var leftOut = 0
        private var parts: [Piece] = []
        private var run: [Segment] = []
        private var runSize = 0
        private var seriesCount = 0
        private var familyCount = 0
        private var duplicates = 0

        mutating func add(_ header: Segment, _ pieces: some Sequence<Piece>, seriesCount: Int, duplicates: Int) {
            add(header)
            for piece in pieces {
                if piece.byteCount >= Piece.partSize {
                    endRun()
                    parts.append(piece)
                } else {
                    run += piece.segments
                    runSize += piece.byteCount
                }
            }
            if runSize >= Self.runSize { endRun() }
            self.seriesCount += seriesCount
            self.duplicates += duplicates
            familyCount += 1
        }

        mutating func add(_ segment: Segment) {
            run.append(segment)
            runSize += segment.bytes.count
        }

        consuming func finish() -> PageSection {
            endRun()
            return PageSection(
                parts: parts, byteCount: parts.reduce(0) { $0 + $1.byteCount }, seriesCount: seriesCount,
                familyCount: familyCount, duplicates: duplicates, leftOut: leftOut)
        }

        private mutating func endRun() {
            guard !run.isEmpty else { return }
            parts.append(Piece(run))
            (run, runSize) = ([], 0)
        }
    }
}
