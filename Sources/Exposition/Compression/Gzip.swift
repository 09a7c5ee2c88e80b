internal import CZlib

/// Puts compressed sections together to one gzip stream (RFC 1952).
package enum Gzip {
    /// The stream that unpacks to the sections one after the other, in pieces to be sent in this order.
    ///
    /// It has one member. A stream of several would be valid too, but many clients, curl and browsers among them, read
    /// the first one only. The pieces of the sections are shared, not copied.
    package static func stream(of sections: [CompressedSection]) -> [[UInt8]] {
        var checksum: UInt = 0
        var size = 0
        var parts = [header]
        for piece in sections.lazy.flatMap(\.pieces) {
            let length = piece.source.bytes.count
            checksum = crc32_combine(checksum, piece.checksum, length)
            size += length
            parts.append(piece.deflated.bytes)
        }
        parts.append(trailer(checksum: UInt32(truncatingIfNeeded: checksum), size: UInt32(truncatingIfNeeded: size)))
        return parts
    }

    /// Magic number, deflate, no flags, no time, fastest compression, unknown system.
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255]

    /// An empty final block, since no piece is the last one of a stream; then CRC-32 and size, low byte first.
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
