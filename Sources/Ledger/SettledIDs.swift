/// The ids of the runs of one ledger that are settled, as far as they are numbers.
///
/// They are a few ranges, because a server numbers its runs one after another.
struct SettledIDs: Sendable, Hashable {
    /// How many ranges are kept; beyond that the gap between the two lowest ones is closed.
    static let limit = 256

    /// In ascending order, with at least one id between two of them.
    private(set) var ranges: [ClosedRange<Int64>] = []

    init() {}

    /// All ids up to the highest one, as of a state that did not record them.
    init(upTo highest: Int64) {
        if highest > 0 { ranges = [1...highest] }
    }

    func contains(_ id: Int64) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(id)
    }

    mutating func insert(_ ids: [Int64]) {
        guard !ids.isEmpty else { return }
        var merged: [ClosedRange<Int64>] = []
        for range in (ranges + ids.map { $0...$0 }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        let excess = merged.count - Self.limit
        if excess > 0 {
            let lowest = merged[0].lowerBound...merged[excess].upperBound
            merged.replaceSubrange(0...excess, with: [lowest])
        }
        ranges = merged
    }
}

extension SettledIDs: Codable {
    /// Reads the ends of the ranges, one after another.
    init(from decoder: any Decoder) throws {
        let ends = try decoder.singleValueContainer().decode([Int64].self)
        var previous: Int64?
        for index in stride(from: 0, to: ends.count - 1, by: 2) {
            let (first, last) = (ends[index], ends[index + 1])
            guard first <= last, previous.map({ $0 < first && $0 + 1 < first }) ?? true else { break }
            ranges.append(first...last)
            previous = last
        }
        guard ranges.count * 2 == ends.count else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "The ids of settled runs are no ranges."))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges.flatMap { [$0.lowerBound, $0.upperBound] })
    }
}
