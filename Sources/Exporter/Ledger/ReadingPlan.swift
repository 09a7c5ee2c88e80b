import MailStoreAPI

/// Decides which window of results to read next, and how far back ids must be remembered.
///
/// Most readings go back only a little behind the last one. Nobody has published whether the server selects runs by
/// their start or by their completion, and a run that took days would then appear behind the watermark: so once an hour
/// a *deep* reading goes back over the whole lookback.
struct ReadingPlan: Sendable, Hashable, Codable {
    /// How long after a deep reading the next one is due.
    static let deepInterval = Duration.seconds(3600)
    /// How far a window reaches past the server's present, so that no run is missed over a clock that is off.
    static let reachAhead = Duration.seconds(86_400)
    /// How far ids outlive the earliest window that can still be asked for: more than any time zone is off.
    static let margin = Duration.seconds(2 * 86_400)

    /// Everything before this instant has been read at least once.
    private(set) var watermark: Timestamp?
    private(set) var lastDeepReading: Timestamp?
    /// Runs before this instant are settled.
    private(set) var horizon: Timestamp?
    /// The newest run that was ever folded.
    private(set) var newestRun: Timestamp?
    /// Minutes that stayed unreadable after halving, so that each is reported once.
    private(set) var unreadableMinutes: Set<Int64> = []

    /// How far readings go back.
    struct Reach: Sendable, Hashable {
        /// How far a deep reading goes back.
        var lookback: Duration
        /// How far a reading overlaps the one before.
        var overlap: Duration
    }

    /// The window to read at `now`, and whether it is a deep one.
    ///
    /// - Parameter now: the present by the server's clock.
    func window(at now: Timestamp, reach: Reach) -> (window: TimeWindow, isDeep: Bool) {
        let end = now + Self.reachAhead
        let deepStart = now - reach.lookback
        // A watermark in the future means that a clock was wrong: then nothing it says is believed.
        guard let watermark, watermark <= now + .seconds(3600) else {
            return (TimeWindow(covering: deepStart, to: end), true)
        }
        let shallowStart = min(watermark, now) - reach.overlap
        guard isDeepReadingDue(at: now) else { return (TimeWindow(covering: shallowStart, to: end), false) }
        return (TimeWindow(covering: min(shallowStart, deepStart), to: end), true)
    }

    private func isDeepReadingDue(at now: Timestamp) -> Bool {
        guard let lastDeepReading, lastDeepReading <= now else { return true }
        return now.since(lastDeepReading) >= Self.deepInterval
    }

    /// Notes that a part of the window was read, all older parts before it.
    mutating func wasRead(_ window: TimeWindow, at now: Timestamp) {
        let reached = min(window.end, now)
        if let watermark, watermark <= now + .seconds(3600), watermark >= reached { return }
        watermark = reached
    }

    /// Notes that all of a window was read, and moves the horizon.
    mutating func finished(deep: Bool, at now: Timestamp, reach: Reach) {
        if deep { lastDeepReading = now }
        guard let watermark, let newestRun else { return }
        let earliest = min(watermark - reach.overlap, now - reach.lookback, newestRun - reach.lookback) - Self.margin
        let horizon = max(horizon ?? earliest, earliest)
        self.horizon = horizon
        let minute = TimeWindow(covering: horizon, to: horizon).from
        unreadableMinutes = unreadableMinutes.filter { $0 >= minute }
    }

    mutating func wasFolded(_ run: Run) {
        guard let instant = run.instant else { return }
        newestRun = max(newestRun ?? instant, instant)
    }

    /// Notes a minute that stays unreadable; says whether it was not known to be.
    mutating func isUnreadable(_ window: TimeWindow) -> Bool {
        unreadableMinutes.insert(window.from).inserted
    }
}
