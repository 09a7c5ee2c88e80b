/// Rendered bytes that do not change any more and that several pages may share without copying them.
final class Chunk: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether both hold the same bytes; instant where they are the same object.
    func hasSameBytes(as other: Chunk) -> Bool {
        if self === other {
            return true
        }
        return bytes.withUnsafeBufferPointer { left in
            other.bytes.withUnsafeBufferPointer { right in left.isEqual(to: right) }
        }
    }
}
