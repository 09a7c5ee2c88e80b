internal import Glibc

extension [UInt8] {
    /// The same bytes without the unused capacity of a growing array, if that is worth a copy.
    func trimmed() -> [UInt8] {
        guard capacity - count > count / 8 else { return self }
        return withUnsafeBufferPointer { [UInt8](exactly: $0) }
    }

    /// The bytes of the segments one after the other.
    init(joining segments: ArraySlice<Segment>) {
        let size = segments.reduce(0) { $0 + $1.bytes.count }
        self.init(unsafeUninitializedCapacity: size) { target, length in
            for segment in segments {
                length = target[length...].update(fromContentsOf: segment.bytes)
            }
        }
    }

    /// The bytes in an array without unused capacity.
    init(exactly source: UnsafeBufferPointer<UInt8>) {
        self.init(unsafeUninitializedCapacity: source.count) { target, length in
            length = target.update(fromContentsOf: source)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether both contain the same bytes.
    @inline(__always)
    func isEqual(to other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }

    /// Whether the first bytes are those of the prefix.
    @inline(__always)
    func starts(withBytes prefix: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count >= prefix.count else { return false }
        return UnsafeBufferPointer(rebasing: self[..<prefix.count]).isEqual(to: prefix)
    }

    /// Whether these bytes sort before the others, compared as unsigned numbers; a prefix sorts before longer bytes.
    func precedes(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return count < other.count }
        let order = memcmp(left, right, Swift.min(count, other.count))
        return order == 0 ? count < other.count : order < 0
    }

    /// A hash of the bytes, eight at a time: each word is mixed in with a 64 by 64 bit multiplication.
    ///
    /// The seed is different each time the program runs, so that an attacker cannot prepare colliding names.
    func quickHash() -> UInt64 {
        var hash = HashSeed.value ^ UInt64(truncatingIfNeeded: count)
        guard let base = UnsafeRawPointer(baseAddress) else { return hash }
        var offset = 0
        while offset + 8 <= count {
            hash = Self.fold(hash ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < count {
            tail = tail << 8 | UInt64(self[offset])
            offset += 1
        }
        return Self.fold(hash ^ tail)
    }

    @inline(__always)
    private static func fold(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}

private enum HashSeed {
    static let value = UInt64.random(in: .min ... .max)
}
