import MailStoreAPI

/// A half-open span of time, whole minutes of UTC: `from <= t < to`.
///
/// Whole minutes let halving arrive at the same smallest windows, whatever window it began with.
struct TimeWindow: Sendable, Hashable, Codable {
    /// Minutes since 1970.
    var from: Int64
    /// Minutes since 1970.
    var to: Int64

    init(from: Int64, to: Int64) {
        self.from = from
        self.to = max(to, from + 1)
    }

    /// The smallest window of whole minutes that covers the span.
    init(covering start: Timestamp, to end: Timestamp) {
        self.init(
            from: Int64((start.secondsSince1970 / 60).rounded(.down)),
            to: Int64((end.secondsSince1970 / 60).rounded(.up)))
    }

    var start: Timestamp { Timestamp(secondsSince1970: Double(from) * 60) }
    var end: Timestamp { Timestamp(secondsSince1970: Double(to) * 60) }

    /// The two halves; `nil` for a single minute.
    var halves: (older: TimeWindow, newer: TimeWindow)? {
        guard to - from > 1 else { return nil }
        let middle = from + (to - from) / 2
        return (TimeWindow(from: from, to: middle), TimeWindow(from: middle, to: to))
    }
}

extension TimeWindow: CustomStringConvertible {
    var description: String { "\(start) to \(end)" }
}
