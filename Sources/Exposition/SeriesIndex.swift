/// The label sets added so far: a hash table over bytes in a buffer.
///
/// If two hashes are equal, the bytes themselves are compared, so that no series is ever mistaken for another one.
struct SeriesIndex: Sendable {
    private struct Entry {
        let hash: UInt64
        let key: Range<Int>
    }

    private var entries: [Entry] = []
    /// Open addressing in a power of two of slots: 0 is an empty slot, n is the entry n - 1.
    private var slots: [UInt32] = []

    /// Adds the bytes in this range of the buffer, unless equal bytes were added before.
    ///
    /// - Returns: Whether they were added.
    mutating func insert(_ key: Range<Int>, in buffer: LineBuffer) -> Bool {
        if (entries.count + 1) * 2 > slots.count {
            grow()
        }
        return buffer.withBytes { bytes in
            let added = UnsafeBufferPointer(rebasing: bytes[key])
            let hash = added.quickHash()
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 {
                let entry = entries[Int(slots[slot]) - 1]
                if entry.hash == hash, UnsafeBufferPointer(rebasing: bytes[entry.key]).isEqual(to: added) {
                    return false
                }
                slot = (slot + 1) & mask
            }
            entries.append(Entry(hash: hash, key: key))
            slots[slot] = UInt32(entries.count)
            return true
        }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(16, slots.count * 4))
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[slot] != 0 {
                slot = (slot + 1) & mask
            }
            slots[slot] = UInt32(index + 1)
        }
    }
}
