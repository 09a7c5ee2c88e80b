/// Rendered bytes that no longer change, so that several pages can share them without a copy.
final class Segment: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// From this size, in bytes, a segment is sent on its own: to share it then costs less than to copy it.
    private static let shareFrom = 4096

    /// The same bytes in few segments: the small ones between two large ones are joined.
    static func joined(_ segments: [Segment]) -> [Segment] {
        var result: [Segment] = []
        var start = 0
        while start < segments.count {
            let end = segments[start...].firstIndex { $0.bytes.count >= shareFrom } ?? segments.count
            if end > start + 1 {
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

/// A part of a section: what is kept, or rendered and compressed anew, as a whole.
final class Piece: Sendable {
    /// From this size, in bytes, a piece takes in no further segment.
    ///
    /// Smaller pieces compress worse.
    static let fullSize = 64 * 1024
    /// From this size, in bytes, a piece of a family is a part of the page of its own.
    static let partSize = fullSize / 2

    let segments: [Segment]
    /// The size of all segments, in bytes.
    let byteCount: Int

    init(_ segments: [Segment]) {
        self.segments = Segment.joined(segments)
        byteCount = segments.reduce(0) { $0 + $1.bytes.count }
    }

    /// The segments in pieces of about ``fullSize``.
    static func grouped(_ segments: [Segment]) -> [Piece] {
        var pieces: [Piece] = []
        var group: [Segment] = []
        var size = 0
        for segment in segments {
            group.append(segment)
            size += segment.bytes.count
            if size >= fullSize {
                pieces.append(Piece(group))
                (group, size) = ([], 0)
            }
        }
        if !group.isEmpty { pieces.append(Piece(group)) }
        return pieces
    }

    /// Whether both consist of the same segments; immediate if they are the same object.
    func hasSameSegments(as other: Piece) -> Bool {
        self === other
            || (byteCount == other.byteCount
                && segments.elementsEqual(other.segments) { $0.hasSameBytes(as: $1) })
    }
}
