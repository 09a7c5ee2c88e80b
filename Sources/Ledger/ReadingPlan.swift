package import OperatingSystem

/// Decides which window of results to read next, and how long ids must be kept.
///
/// It is undocumented whether the server selects runs by their start or by their completion. If by their start, a run
/// appears behind the watermark when it ends, by as much as it took. So every reading overlaps the last one by a day, by
/// default; every ten minutes a *deep* reading goes back by a week from the previous deep one, and every six hours it
/// goes back by months, for the verification of a huge store. Each returns all runs that the server added since the last
/// one of its kind, unless a run began even earlier.
///
/// Long windows need no long memory: what completed before the horizon was counted, whenever it began.
package struct ReadingPlan: Sendable, Hashable, Codable {
    /// How long after a deep reading the next one is due.
    static let deepInterval = Duration.seconds(600)
    /// How long after a deep reading that went back by months the next one is due.
    static let longInterval = Duration.seconds(6 * 3600)
    /// How far a window extends past the server's current time, so that a clock error does not hide a run.
    package static let reachAhead = Duration.seconds(86_400)
    /// How long ids are kept beyond the earliest window that can still be requested: more than any time zone offset.
    static let margin = Duration.seconds(2 * 86_400)
    /// How far in the future a recorded time may be before it shows that a clock was wrong.
    static let tolerance = Duration.seconds(3600)

    /// Everything before this instant has been read at least once.
    package internal(set) var watermark: Timestamp?
    /// When the last complete deep reading began: all runs that the server listed by then have been read.
    var lastDeepReading: Timestamp?
    /// Whether all of the lookback has been read at least once.
    package var isRead: Bool { lastDeepReading != nil }
    /// When the last complete deep reading that went back by months began; `nil` also in ledgers of older versions.
    var lastLongReading: Timestamp?
    /// The deep reading in progress.
    var deepReading: DeepReading?
    /// Runs before this instant are settled, or ended before counting began.
    package internal(set) var horizon: Timestamp?
    /// The start of the first window; `nil` until a part of it was read.
    package internal(set) var beginning: Timestamp?
    /// When the first reading began, by the server's clock; `nil` in ledgers of versions that did not record it.
    package internal(set) var firstReading: Timestamp?
    /// The newest run counted so far.
    var newestRun: Timestamp?
    /// Minutes that stayed unreadable after halving, so that each is reported once.
    package internal(set) var unreadableMinutes: Set<Int64> = []

    package init() {}

    /// How far readings go back.
    package struct Reach: Sendable, Hashable {
        /// How far a deep reading goes back.
        package var lookback: Duration
        /// How far a reading overlaps the one before.
        package var overlap: Duration
        /// How far the first reading goes back, at least `lookback`: far enough for the last run of a rare job.
        package var first: Duration
        /// How far the longest readings go back, at least `lookback`: farther than any run takes.
        package var long: Duration

        package init(lookback: Duration, overlap: Duration, first: Duration? = nil, long: Duration? = nil) {
            self.lookback = lookback
            self.overlap = overlap
            self.first = max(lookback, first ?? lookback)
            self.long = max(lookback, long ?? lookback)
        }
    }

    /// A deep reading in progress: after a failure it is resumed from `reached`.
    struct DeepReading: Sendable, Hashable, Codable {
        var began: Timestamp
        /// The start of its window.
        var start: Timestamp
        /// The end of the part that was read.
        var reached: Timestamp
        /// Whether it goes back by months.
        var isLong: Bool?
    }

    /// The window to read at `now`, and whether it is a deep one.
    ///
    /// - Parameters:
    ///   - now: The current time on the server's clock.
    ///   - latest: The current time on another clock that may be the right one, if it is later.
    package func window(
        at now: Timestamp, until latest: Timestamp? = nil, reach: Reach
    ) -> (window: TimeWindow, isDeep: Bool) {
        let end = max(now, latest ?? now) + Self.reachAhead
        let back = isLongReadingDue(at: now) ? reach.long : reach.lookback
        let deepStart = min(lastDeepReading ?? now, now) - back
        guard let watermark else {
            let start = beginning == nil ? now - reach.first : deepStart
            return (TimeWindow(covering: start, to: end), true)
        }
        guard isBelievable(at: now) else {
            // It is unknown how much was read with the wrong clock, so everything that is not settled is read again.
            return (TimeWindow(covering: min(deepStart, horizon ?? deepStart), to: end), true)
        }
        let shallowStart = min(watermark, now) - reach.overlap
        guard isDeepReadingDue(at: now) else { return (TimeWindow(covering: shallowStart, to: end), false) }
        let start = deepReading.map { max($0.start, min($0.reached, now) - reach.overlap) }
        return (TimeWindow(covering: start ?? min(shallowStart, deepStart), to: end), true)
    }

    private func isDeepReadingDue(at now: Timestamp) -> Bool {
        Self.isDue(lastDeepReading, Self.deepInterval, at: now)
    }

    private func isLongReadingDue(at now: Timestamp) -> Bool {
        Self.isDue(lastLongReading, Self.longInterval, at: now)
    }

    private static func isDue(_ last: Timestamp?, _ interval: Duration, at now: Timestamp) -> Bool {
        guard let last, last <= now else { return true }
        return now.since(last) >= interval
    }

    /// A time in the future means that a clock was wrong: then none of its times is used.
    private func isBelievable(at now: Timestamp) -> Bool {
        let latest = now + Self.tolerance
        return [watermark, deepReading?.began, deepReading?.reached].allSatisfy { $0.map { $0 <= latest } ?? true }
    }

    /// Records that a part of the window was read, after all older parts.
    package mutating func wasRead(_ window: TimeWindow, at now: Timestamp) {
        if !isBelievable(at: now) {
            watermark = nil
            deepReading = nil
        }
        if beginning == nil {
            beginning = window.start
            firstReading = now
        }
        let reached = min(window.end, now)
        watermark = max(watermark ?? reached, reached)
        guard isDeepReadingDue(at: now) else { return }
        var reading =
            deepReading
            ?? DeepReading(began: now, start: window.start, reached: reached, isLong: isLongReadingDue(at: now))
        reading.reached = max(reading.reached, reached)
        deepReading = reading
    }

    /// Records that the whole window was read.
    package mutating func finished(deep: Bool, at now: Timestamp, reach: Reach) {
        if deep {
            lastDeepReading = deepReading?.began ?? now
            if deepReading?.isLong == true { lastLongReading = lastDeepReading }
            deepReading = nil
        }
        let forgotten = TimeWindow(covering: now - reach.lookback - Self.margin, to: now).from
        unreadableMinutes = unreadableMinutes.filter { $0 >= forgotten }
    }

    /// Moves the horizon forward as far as no later reading can start before it.
    ///
    /// - Parameter present: The current time on this machine's clock. Runs that a server recorded while its clock was
    ///   far ahead must not move the horizon: once the clock is corrected, every new run would lie before it.
    mutating func moveHorizon(reach: Reach, notAfter present: Timestamp) {
        guard let beginning, let watermark else { return }
        // Runs that ended before the first window are never counted, even if a later window goes back further.
        if horizon == nil {
            horizon = min(beginning, present - reach.lookback)
            // The server's clock was far ahead: no run of the time before it was set right precedes counting.
            if let reading = firstReading, reading > present + PresentTime.tolerance { firstReading = present }
        }
        guard let lastDeepReading, let newestRun, let horizon else { return }
        let deepStart = min(lastDeepReading, lastLongReading ?? lastDeepReading, newestRun, present) - reach.lookback
        self.horizon = max(horizon, min(watermark - reach.overlap, deepStart) - Self.margin)
    }

    mutating func wasFolded(_ run: Run) {
        guard let instant = run.instant else { return }
        newestRun = max(newestRun ?? instant, instant)
    }

    /// Whether a run ended before counting began, so that only a window that goes back further than the first returns it.
    ///
    /// A server that selects runs by their start would return it in the first window if it counted. Of a run without an
    /// end it is unknown, and it does not count.
    func precedesCounting(_ run: Run, in window: TimeWindow?) -> Bool {
        guard isRead, let window, let beginning, window.start < beginning, let firstReading,
            let first = run.start ?? run.completion
        else { return false }
        return first < beginning && run.completion.map { $0 < firstReading } ?? true
    }

    /// Ceases to believe that the newest run was after `latest`.
    mutating func disbelieve(after latest: Timestamp) {
        newestRun = newestRun.map { min($0, latest) }
    }

    /// Records a minute that cannot be read; returns whether that is new.
    package mutating func isUnreadable(_ window: TimeWindow) -> Bool {
        unreadableMinutes.insert(window.from).inserted
    }
}
