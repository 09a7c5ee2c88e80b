package import OperatingSystem

/// Decides which window of results to read next, and how long ids must be kept.
///
/// Most readings overlap the last one only a little. It is undocumented whether the server selects runs by their start
/// or by their completion. If by their start, a run that took days appears behind the watermark. So once an hour a
/// *deep* reading goes back by the whole lookback, counted from the previous deep reading. It returns all runs that the
/// server added in between, unless a run began more than the lookback before it was added.
package struct ReadingPlan: Sendable, Hashable, Codable {
    /// How long after a deep reading the next one is due.
    static let deepInterval = Duration.seconds(3600)
    /// How far a window extends past the server's current time, so that a clock error does not hide a run.
    static let reachAhead = Duration.seconds(86_400)
    /// How long ids are kept beyond the earliest window that can still be requested: more than any time zone offset.
    static let margin = Duration.seconds(2 * 86_400)
    /// How far in the future a recorded time may be before it shows that a clock was wrong.
    static let tolerance = Duration.seconds(3600)

    /// Everything before this instant has been read at least once.
    private(set) var watermark: Timestamp?
    /// When the last complete deep reading began: all runs that the server listed by then have been read.
    private(set) var lastDeepReading: Timestamp?
    /// Whether all of the lookback has been read at least once.
    package var isRead: Bool { lastDeepReading != nil }
    /// The deep reading in progress.
    private(set) var deepReading: DeepReading?
    /// Runs before this instant are settled, or ended before counting began.
    package private(set) var horizon: Timestamp?
    /// The start of the first window; `nil` until a part of it was read.
    package private(set) var beginning: Timestamp?
    /// When the first reading began, by the server's clock; `nil` in ledgers of versions that did not record it.
    package private(set) var firstReading: Timestamp?
    /// The newest run counted so far.
    private(set) var newestRun: Timestamp?
    /// Minutes that stayed unreadable after halving, so that each is reported once.
    package private(set) var unreadableMinutes: Set<Int64> = []

    package init() {}

    /// How far readings go back.
    package struct Reach: Sendable, Hashable {
        /// How far a deep reading goes back.
        package var lookback: Duration
        /// How far a reading overlaps the one before.
        package var overlap: Duration
        /// How far the first reading goes back, at least `lookback`: far enough for the last run of a rare job.
        package var first: Duration

        package init(lookback: Duration, overlap: Duration, first: Duration? = nil) {
            self.lookback = lookback
            self.overlap = overlap
            self.first = max(lookback, first ?? lookback)
        }
    }

    /// A deep reading in progress: after a failure it is resumed from `reached`.
    struct DeepReading: Sendable, Hashable, Codable {
        var began: Timestamp
        /// The start of its window.
        var start: Timestamp
        /// The end of the part that was read.
        var reached: Timestamp
    }

    /// The window to read at `now`, and whether it is a deep one.
    ///
    /// - Parameter now: The current time on the server's clock.
    package func window(at now: Timestamp, reach: Reach) -> (window: TimeWindow, isDeep: Bool) {
        let end = now + Self.reachAhead
        let deepStart = min(lastDeepReading ?? now, now) - reach.lookback
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
        guard let lastDeepReading, lastDeepReading <= now else { return true }
        return now.since(lastDeepReading) >= Self.deepInterval
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
        var reading = deepReading ?? DeepReading(began: now, start: window.start, reached: reached)
        reading.reached = max(reading.reached, reached)
        deepReading = reading
    }

    /// Records that the whole window was read.
    package mutating func finished(deep: Bool, at now: Timestamp, reach: Reach) {
        if deep {
            lastDeepReading = deepReading?.began ?? now
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
        horizon = horizon ?? min(beginning, present - reach.lookback)
        guard let lastDeepReading, let newestRun, let horizon else { return }
        let deepStart = min(lastDeepReading, newestRun, present) - reach.lookback
        self.horizon = max(horizon, min(watermark - reach.overlap, deepStart) - Self.margin)
    }

    mutating func wasFolded(_ run: Run) {
        guard let instant = run.instant else { return }
        newestRun = max(newestRun ?? instant, instant)
    }

    /// Records a minute that cannot be read; returns whether that is new.
    package mutating func isUnreadable(_ window: TimeWindow) -> Bool {
        unreadableMinutes.insert(window.from).inserted
    }
}
