internal import CZlib

/// A section of a page in compressed form: pieces that ``Gzip`` puts together to a stream.
package struct CompressedSection: Sendable {
    let pieces: [Piece]

    /// One chunk of a section, compressed on its own.
    struct Piece: Sendable {
        /// What was compressed, kept to see whether it is still the same next time.
        let source: Chunk
        let deflated: Chunk
        /// CRC-32 of the source.
        let checksum: UInt

        init(_ source: Chunk, _ deflater: borrowing Deflater) {
            self.source = source
            deflated = Chunk(deflater.deflate(source.bytes))
            checksum = source.bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        }
    }

    /// The size of the compressed bytes, without the header and the trailer of a stream.
    package var byteCount: Int {
        pieces.reduce(0) { $0 + $1.deflated.bytes.count }
    }

    init(_ chunks: [Chunk], reusing previous: CompressedSection?) {
        // By size: two chunks of one size are usually the same one, and comparing them costs next to nothing.
        let known = Dictionary(grouping: previous?.pieces ?? [], by: \.source.bytes.count)
        let found = chunks.map { chunk in
            known[chunk.bytes.count]?.first { $0.source.hasSameBytes(as: chunk) }
        }
        guard found.contains(where: { $0 == nil }) else {
            pieces = found.compactMap(\.self)
            return
        }
        let deflater = Deflater()
        var pieces: [Piece] = []
        for (chunk, piece) in zip(chunks, found) {
            pieces.append(piece ?? Piece(chunk, deflater))
        }
        self.pieces = pieces
    }
}
