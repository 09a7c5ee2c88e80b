package import OperatingSystem

/// Decides which window of results to read next, and how long ids must be kept.
///
/// Most readings go back only a little behind the last one. Nobody has published whether the server selects runs by
/// their start or by their completion, and a run that took days would then appear behind the watermark: so once an hour
/// a *deep* reading goes back by the whole lookback from the deep reading before it. It returns whatever the server
/// added between the two, unless that began more than the lookback before it was added.
package struct ReadingPlan: Sendable, Hashable, Codable {
    /// How long after a deep reading the next one is due.
    static let deepInterval = Duration.seconds(3600)
    /// How far a window reaches past the server's present, so that no run is missed over a clock that is off.
    static let reachAhead = Duration.seconds(86_400)
    /// How far ids outlive the earliest window that can still be asked for: more than any time zone is off.
    static let margin = Duration.seconds(2 * 86_400)
    /// How far ahead of the present a time of the past may lie before a clock must have been wrong.
    static let tolerance = Duration.seconds(3600)

    /// Everything before this instant has been read at least once.
    private(set) var watermark: Timestamp?
    /// When the last complete deep reading began: what the server listed by then has been read.
    private(set) var lastDeepReading: Timestamp?
    /// Whether all of the lookback has been read at least once.
    package var isRead: Bool { lastDeepReading != nil }
    /// The deep reading that is under way.
    private(set) var deepReading: DeepReading?
    /// Runs before this instant are settled, or ended before counting began.
    package private(set) var horizon: Timestamp?
    /// Where the first window began; `nil` until a part of it was read.
    package private(set) var beginning: Timestamp?
    /// When the first reading began, by the server's clock; `nil` in ledgers of versions that did not record it.
    package private(set) var firstReading: Timestamp?
    /// The newest run that was ever folded.
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
        /// How far the first reading goes back, no less than `lookback`: far enough for the last run of what rarely
        /// runs.
        package var first: Duration

        package init(lookback: Duration, overlap: Duration, first: Duration? = nil) {
            self.lookback = lookback
            self.overlap = overlap
            self.first = max(lookback, first ?? lookback)
        }
    }

    /// A deep reading in progress: one that fails half-way is resumed from there.
    struct DeepReading: Sendable, Hashable, Codable {
        var began: Timestamp
        /// Where its window begins.
        var start: Timestamp
        /// Where what was read of it ends.
        var reached: Timestamp
    }

    /// The window to read at `now`, and whether it is a deep one.
    ///
    /// - Parameter now: the present by the server's clock.
    package func window(at now: Timestamp, reach: Reach) -> (window: TimeWindow, isDeep: Bool) {
        let end = now + Self.reachAhead
        let deepStart = min(lastDeepReading ?? now, now) - reach.lookback
        guard let watermark else {
            let start = beginning == nil ? now - reach.first : deepStart
            return (TimeWindow(covering: start, to: end), true)
        }
        guard isBelievable(at: now) else {
            // How much was read with the wrong clock is unknown: everything that is not settled is read again.
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

    /// Records that a part of the window was read, all older parts before it.
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

    /// Records that all of a window was read.
    package mutating func finished(deep: Bool, at now: Timestamp, reach: Reach) {
        if deep {
            lastDeepReading = deepReading?.began ?? now
            deepReading = nil
        }
        let forgotten = TimeWindow(covering: now - reach.lookback - Self.margin, to: now).from
        unreadableMinutes = unreadableMinutes.filter { $0 >= forgotten }
    }

    /// Moves the horizon to where no later reading can start before it; never back.
    ///
    /// - Parameter present: the present by this machine's clock. Runs that a server recorded while its clock was far
    ///   ahead must not move the horizon: once the clock is set right, every new run would lie before it.
    mutating func moveHorizon(reach: Reach, notAfter present: Timestamp) {
        guard let beginning, let watermark else { return }
        // Nothing that ended before the first window is ever counted, not even when a later window goes back further.
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
