/// Collects the chunks of a section: large blocks are taken as they are, everything small is copied together.
///
/// So a section of ten thousand small blocks is not handed to the network in ten thousand pieces, and one of a few
/// large ones costs no copy.
struct SectionAssembly {
    /// From this size on, in bytes, a block stays a chunk of its own.
    private static let shareFrom = 32 * 1024
    /// A run of small pieces of this size, in bytes, ends with its family.
    private static let runSize = 128 * 1024

    /// Series of blocks that do not belong on the page.
    var leftOut = 0
    private var chunks: [Chunk] = []
    private var run: [UInt8] = []
    private var seriesCount = 0
    private var familyCount = 0
    private var duplicates = 0

    mutating func add(_ header: [UInt8], _ family: FamilyMerge) {
        add(header)
        for chunk in family.chunks {
            if chunk.bytes.count >= Self.shareFrom {
                endRun()
                chunks.append(chunk)
            } else {
                add(chunk.bytes)
            }
        }
        if run.count >= Self.runSize {
            endRun()
        }
        seriesCount += family.seriesCount
        duplicates += family.duplicates
        familyCount += 1
    }

    mutating func add(_ bytes: [UInt8]) {
        run += bytes
    }

    consuming func finish(format: Format) -> PageSection {
        endRun()
        return PageSection(
            format: format, chunks: chunks, seriesCount: seriesCount, familyCount: familyCount,
            duplicates: duplicates, leftOut: leftOut)
    }

    private mutating func endRun() {
        if !run.isEmpty {
            chunks.append(Chunk(run.trimmed()))
            run = []
        }
    }
}
