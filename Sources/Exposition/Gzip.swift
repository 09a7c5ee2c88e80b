internal import CZlib

/// Joins compressed sections into one gzip stream (RFC 1952).
package enum Gzip {
    /// A stream that decompresses to the sections in sequence, as parts to be sent in this order.
    ///
    /// It has one member. A stream of several members would be valid too, but many clients, including curl and
    /// browsers, read only the first one. The parts of the sections are shared, not copied.
    package static func stream(of sections: [CompressedSection]) -> [[UInt8]] {
        var checksum: UInt = 0
        var size = 0
        var parts = [header]
        for part in sections.lazy.flatMap(\.parts) {
            let length = part.source.byteCount
            checksum = crc32_combine(checksum, part.checksum, length)
            size += length
            parts.append(part.deflated.bytes)
        }
        parts.append(trailer(checksum: UInt32(truncatingIfNeeded: checksum), size: UInt32(truncatingIfNeeded: size)))
        return parts
    }

    /// Magic number, deflate, no flags, no time, fastest compression, unknown system.
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255]

    /// An empty final block, since no part is the last one of a stream; then CRC-32 and size, low byte first.
    private static func trailer(checksum: UInt32, size: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [0x03, 0x00]
        for word in [checksum, size] {
            for shift in stride(from: 0, to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }
}

/// A section of a page in compressed form: parts that ``Gzip`` joins into a stream.
package struct CompressedSection: Sendable {
    let parts: [Part]

    /// One piece of a section, compressed on its own.
    struct Part: Sendable {
        /// The uncompressed bytes, kept to detect whether they are the same next time.
        let source: Piece
        let deflated: Segment
        /// CRC-32 of the source.
        let checksum: UInt

        init(_ source: Piece, _ deflater: borrowing Deflater) {
            self.source = source
            deflated = Segment(deflater.deflate(source.segments))
            checksum = source.segments.reduce(0) { checksum, segment in
                segment.bytes.withUnsafeBufferPointer { crc32_z(checksum, $0.baseAddress, $0.count) }
            }
        }
    }

    init(_ pieces: [Piece], reusing previous: CompressedSection?) {
        // By size: two pieces of one size are usually the same object, which makes the comparison immediate.
        let known = Dictionary(grouping: previous?.parts ?? [], by: \.source.byteCount)
        let found = pieces.map { piece in
            known[piece.byteCount]?.first { $0.source.hasSameSegments(as: piece) }
        }
        guard found.contains(where: { $0 == nil }) else {
            parts = found.compactMap(\.self)
            return
        }
        let deflater = Deflater()
        var parts: [Part] = []
        for (piece, part) in zip(pieces, found) {
            parts.append(part ?? Part(piece, deflater))
        }
        self.parts = parts
    }
}

/// Compresses parts of bytes with zlib, each on its own, so that they can be joined in any order.
///
/// A part is raw deflate data (RFC 1951) that ends at a byte and is not the last of a stream (`Z_FULL_FLUSH`).
struct Deflater: ~Copyable {
    // On the heap: zlib keeps a pointer to the stream and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: 64 * 1024)
        let result = czlib_deflate_init_raw(stream, 1)
        precondition(result == Z_OK, "zlib cannot start (\(result)): is the machine out of memory?")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses the bytes of all segments together.
    func deflate(_ segments: [Segment]) -> [UInt8] {
        deflateReset(stream)
        var result: [UInt8] = []
        for segment in segments { deflate(segment.bytes, to: &result) }
        stream.pointee.avail_in = 0
        drain(Z_FULL_FLUSH, to: &result)
        return result.trimmed()
    }

    private func deflate(_ input: [UInt8], to result: inout [UInt8]) {
        input.withUnsafeBufferPointer { input in
            var offset = 0
            while offset < input.count {
                // zlib counts in 32 bits.
                let length = min(input.count - offset, 1 << 30)
                stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + offset) }
                stream.pointee.avail_in = uInt(length)
                offset += length
                drain(Z_NO_FLUSH, to: &result)
            }
        }
    }

    private func drain(_ flush: Int32, to result: inout [UInt8]) {
        repeat {
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = uInt(output.count)
            let status = CZlib.deflate(stream, flush)
            precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib failed (\(status)) on a valid stream")
            result += output[..<(output.count - Int(stream.pointee.avail_out))]
        } while stream.pointee.avail_out == 0
    }
}
