package import OperatingSystem

/// A half-open span of time, whole minutes of UTC: `from <= t < to`.
///
/// With whole minutes, halving any window ends with the same smallest windows.
package struct TimeWindow: Sendable, Hashable, Codable {
    /// Minutes since 1970.
    package var from: Int64
    /// Minutes since 1970.
    package var to: Int64

    package init(from: Int64, to: Int64) {
        self.from = from
        self.to = max(to, from + 1)
    }

    /// The smallest window of whole minutes that covers the span, within the years that the API accepts.
    package init(covering start: Timestamp, to end: Timestamp) {
        self.init(
            from: Self.minute(start, .down, Self.minutes.lowerBound...Self.minutes.upperBound - 1),
            to: Self.minute(end, .up, Self.minutes))
    }

    private static let minutes =
        (CivilDateTime.range.lowerBound / 60)...(CivilDateTime.range.upperBound / 60)

    /// A time in a state file or a reply can be any number; one out of range becomes the nearer limit.
    private static func minute(
        _ instant: Timestamp, _ rule: FloatingPointRoundingRule, _ range: ClosedRange<Int64>
    ) -> Int64 {
        let minute = (instant.secondsSince1970 / 60).rounded(rule)
        return Int64(min(max(minute, Double(range.lowerBound)), Double(range.upperBound)))
    }

    package var start: Timestamp { Timestamp(secondsSince1970: Double(from) * 60) }
    package var end: Timestamp { Timestamp(secondsSince1970: Double(to) * 60) }

    /// The two halves; `nil` for a single minute.
    package var halves: (older: TimeWindow, newer: TimeWindow)? {
        guard to - from > 1 else { return nil }
        let middle = from + (to - from) / 2
        return (TimeWindow(from: from, to: middle), TimeWindow(from: middle, to: to))
    }
}

extension TimeWindow: CustomStringConvertible {
    package var description: String { "\(start) to \(end)" }
}

/// The reading of one window, oldest part first, halved if the server cannot return it: a pure state machine.
///
/// GetWorkerResults fails on windows with thousands of rows, and narrower ones then work (`docs/api.md`,
/// "Outcomes").
package struct WindowReading: Sendable {
    /// The windows still to be read, the oldest last.
    private var pending: [TimeWindow]

    /// - Parameter minutes: Minutes to skip, since they are known to be unreadable.
    package init(_ window: TimeWindow, without minutes: Set<Int64> = []) {
        var rest = window
        var parts: [TimeWindow] = []
        for minute in minutes.sorted() where minute >= rest.from && minute < rest.to {
            if minute > rest.from { parts.append(TimeWindow(from: rest.from, to: minute)) }
            guard minute + 1 < rest.to else {
                pending = parts.reversed()
                return
            }
            rest.from = minute + 1
        }
        pending = parts.reversed()
        pending.insert(rest, at: 0)
    }

    /// The window to read next; `nil` when all are read.
    package var next: TimeWindow? { pending.last }

    /// Records that the next window was read.
    package mutating func wasRead() {
        pending.removeLast()
    }

    /// Halves the next window, because the server could not return it.
    ///
    /// - Returns: The window if it is a single minute, which cannot be read at all and is skipped.
    package mutating func wasTooWide() -> TimeWindow? {
        let window = pending.removeLast()
        guard let halves = window.halves else { return window }
        pending.append(halves.newer)
        pending.append(halves.older)
        return nil
    }
}
