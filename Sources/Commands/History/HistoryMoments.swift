import OperatingSystem

/// The moments at which the past is sampled: a grid, and the few that counting needs besides.
///
/// Where the exporter has a ledger there is a *seam*: what ended before it was never counted by the exporter, what ended
/// after it is in its counters already. Counters are brought to their full height just before the seam and set back to 0
/// at it, so that Prometheus sees a reset, and what they then grow to is what the exporter serves.
struct HistoryMoments: Sendable, Equatable {
    /// Seconds since 1970, rising.
    let times: [Int64]
    /// The place of the last moment before the seam, where counters reach their full height; `nil` where there is none.
    let lastBeforeSeam: Int?
    /// The first place at which the exporter's own counting is in force.
    let seam: Int?
    /// The places where counters are 0.
    let zeros: Set<Int>

    /// - Parameters:
    ///   - since: The first moment; moved down to the grid.
    ///   - until: The last moment.
    ///   - step: The distance of the grid's lines, in seconds; they are multiples of it since 1970.
    ///   - beginning: Where the exporter's counting begins; `nil` where it has not begun.
    init(since: Timestamp, until: Timestamp, step: Int64, beginning: Timestamp?) {
        let first = Self.start(since, step: step)
        let last = max(first, Int64(until.secondsSince1970.rounded(.down)))
        var all = Set(stride(from: first, through: last, by: Int64.Stride(step)))
        all.insert(last)
        let cut = beginning.map { Int64($0.secondsSince1970.rounded(.up)) }
        if let cut, cut > first, cut <= last { all.formUnion([cut - 1, cut]) }
        let times = all.sorted()
        self.times = times
        guard let cut, cut <= last else {
            lastBeforeSeam = nil
            seam = nil
            zeros = [0]
            return
        }
        let seam = times.firstIndex { $0 >= cut } ?? 0
        self.seam = seam
        lastBeforeSeam = seam > 0 ? seam - 1 : nil
        var zeros: Set<Int> = []
        // Where the first moment is the last before the seam too, full height matters more.
        if seam > 1 { zeros.insert(0) }
        // A beginning before the first moment leaves counters at what they had come to by then.
        if times[seam] == cut { zeros.insert(seam) }
        self.zeros = zeros
    }

    /// The first moment: the line of the grid at or before.
    static func start(_ since: Timestamp, step: Int64) -> Int64 {
        Int64((since.secondsSince1970 / Double(step)).rounded(.down)) * step
    }

    /// The place of the first moment at or after an instant; `nil` where the last one is before it.
    func index(atOrAfter instant: Timestamp) -> Int? {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(times[middle]) < instant.secondsSince1970 { low = middle + 1 } else { high = middle }
        }
        return low < times.count ? low : nil
    }
}
