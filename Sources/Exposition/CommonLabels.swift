/// Finds the label pairs that all series of a block begin with.
///
/// If these pairs differ, series of two blocks cannot be equal. So the usual case, one block for each target, is
/// recognised without comparing any series (see ``FamilyMerge``).
struct CommonLabels: Sendable {
    /// Where the labels of the first series begin in the buffer; nil before it.
    private var start: Int?
    /// How many of these bytes all series share; always whole pairs.
    private var length = 0
    /// The end of each pair of the first series, as an offset from `start`, without the comma.
    private var ends: [Int] = []

    /// The pairs, each followed by a comma.
    func prefix(in buffer: LineBuffer) -> [UInt8] {
        guard let start, length > 0 else { return [] }
        return buffer.withBytes { Array($0[start..<start + length]) } + [UInt8(ascii: ",")]
    }

    /// Takes into account the labels of a series in this range of the buffer.
    @inline(__always)
    mutating func add(_ place: Range<Int>, of buffer: LineBuffer) {
        guard let start else {
            begin(place, of: buffer)
            return
        }
        let isShared = buffer.withBytes { bytes in
            Self.begin(UnsafeBufferPointer(rebasing: bytes[place]), with: bytes, from: start, length)
        }
        if !isShared {
            shorten(start, place, of: buffer)
        }
    }

    private mutating func begin(_ place: Range<Int>, of buffer: LineBuffer) {
        start = place.lowerBound
        length = place.count
        buffer.withBytes { bytes in
            let labels = UnsafeBufferPointer(rebasing: bytes[place])
            var isQuoted = false
            var index = 0
            while index < labels.count {
                if labels[index] == UInt8(ascii: "\\") {
                    // The next byte is escaped, even a quote.
                    index += 1
                } else if labels[index] == UInt8(ascii: "\"") {
                    isQuoted.toggle()
                } else if labels[index] == UInt8(ascii: ","), !isQuoted {
                    ends.append(index)
                }
                index += 1
            }
        }
    }

    private mutating func shorten(_ start: Int, _ place: Range<Int>, of buffer: LineBuffer) {
        buffer.withBytes { bytes in
            let labels = UnsafeBufferPointer(rebasing: bytes[place])
            while length > 0, !Self.begin(labels, with: bytes, from: start, length) {
                length = ends.popLast() ?? 0
            }
        }
    }

    /// Whether the labels begin with those pairs.
    @inline(__always)
    private static func begin(
        _ labels: UnsafeBufferPointer<UInt8>, with bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ length: Int
    ) -> Bool {
        // The last of those bytes is a quote that ends a value, so a pair cannot continue after it.
        labels.starts(withBytes: UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
    }
}
