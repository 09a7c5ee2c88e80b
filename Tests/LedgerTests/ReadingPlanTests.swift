import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Which window is read next")
struct ReadingPlanTests {
    private let reach = LedgerExample.reach
    private func time(_ hours: Double) -> Timestamp { LedgerExample.time(hours) }
    private func window(_ from: Double, _ to: Double) -> TimeWindow { LedgerExample.window(from, to) }

    /// A plan whose last reading, a deep one, was complete at hour 0.
    private func planReadAtZero() -> ReadingPlan {
        var plan = ReadingPlan()
        plan.wasRead(plan.window(at: time(0), reach: reach).window, at: time(0))
        plan.finished(deep: true, at: time(0), reach: reach)
        return plan
    }

    @Test("the first window is the lookback, and a day ahead")
    func first() {
        let (window, isDeep) = ReadingPlan().window(at: time(0), reach: reach)
        #expect(window == self.window(-7 * 24, 24))
        #expect(isDeep)
    }

    @Test("the first window can go back further than all others, also where it takes several attempts")
    func furtherAtFirst() {
        let far = ReadingPlan.Reach(lookback: reach.lookback, overlap: reach.overlap, first: .seconds(90 * 86_400))
        var plan = ReadingPlan()
        #expect(plan.window(at: time(0), reach: far).window == window(-90 * 24, 24))
        plan.wasRead(window(-90 * 24, -89 * 24), at: time(0))
        #expect(plan.window(at: time(1), reach: far).window == window(-89 * 24 - 1, 25))
        plan.wasRead(window(-89 * 24 - 1, 25), at: time(1))
        plan.finished(deep: true, at: time(1), reach: far)
        #expect(plan.window(at: time(2), reach: far).window == window(-7 * 24, 26))
    }

    @Test("within ten minutes of a deep reading, a window goes back by the overlap from the reading before it")
    func shallow() {
        var plan = planReadAtZero()
        plan.wasRead(window(-1, 24), at: time(0.05))
        plan.finished(deep: false, at: time(0.05), reach: reach)
        let (window, isDeep) = plan.window(at: time(0.1), reach: reach)
        #expect(window == self.window(-0.95, 24.1))
        #expect(!isDeep)
    }

    @Test("ten minutes after a deep reading, a window goes back by the lookback from it")
    func deep() {
        let (window, isDeep) = planReadAtZero().window(at: time(1.0 / 6), reach: reach)
        #expect(window == self.window(-7 * 24, 24 + 1.0 / 6))
        #expect(isDeep)
    }

    @Test("every six hours a window goes back by months, also where it takes several attempts, and after a gap")
    func long() {
        let far = ReadingPlan.Reach(
            lookback: reach.lookback, overlap: reach.overlap, first: .seconds(35 * 86_400), long: .seconds(100 * 86_400)
        )
        var plan = ReadingPlan()
        plan.wasRead(plan.window(at: time(0), reach: far).window, at: time(0))
        plan.finished(deep: true, at: time(0), reach: far)
        #expect(plan.window(at: time(5.9), reach: far).window.start == time(-7 * 24))
        #expect(plan.window(at: time(6), reach: far).window == window(-100 * 24, 30))
        plan.wasRead(window(-100 * 24, -50 * 24), at: time(6))
        #expect(plan.window(at: time(6.1), reach: far).window == window(-50 * 24 - 1, 30.1))
        plan.wasRead(window(-50 * 24 - 1, 30.1), at: time(6.1))
        plan.finished(deep: true, at: time(6.1), reach: far)
        // It counts from when it began.
        #expect(plan.lastLongReading == time(6))
        #expect(plan.window(at: time(11.9), reach: far).window.start == time(6 - 7 * 24))
        #expect(plan.window(at: time(24 * 40), reach: far).window.start == time(6 - 100 * 24))
    }

    @Test("ids are kept while the long readings fail, however often the others succeed")
    func horizonWaitsForLongReadings() {
        let far = ReadingPlan.Reach(lookback: reach.lookback, overlap: reach.overlap, long: .seconds(100 * 86_400))
        var plan = ReadingPlan()
        for hour in stride(from: 0, through: 24 * 30, by: 5.0) {
            let (window, isDeep) = plan.window(at: time(hour), reach: far)
            plan.wasFolded(LedgerExample.run("\(hour)", completed: hour))
            // After the first day, a window of months is never answered.
            if hour < 24 || window.start > time(hour - 30 * 24) {
                plan.wasRead(window, at: time(hour))
                plan.finished(deep: isDeep, at: time(hour), reach: far)
            }
            plan.moveHorizon(reach: far, notAfter: time(hour))
        }
        #expect(plan.horizon.map { $0 <= time(24 - 7 * 24) } == true)
    }

    @Test("the later one of two clocks decides how far ahead a window reaches, the earlier one where it begins")
    func twoClocks() {
        let plan = planReadAtZero()
        let window = plan.window(at: time(-0.5), until: time(20), reach: reach).window
        #expect(window.start <= time(-1.5) && window.end == time(44))
    }

    @Test("while a clock that was set back has not caught up, a window begins before the present all the same")
    func clockSetBack() {
        var plan = planReadAtZero()
        plan.wasRead(window(-1, 24), at: time(0.15))
        plan.finished(deep: false, at: time(0.15), reach: reach)
        let briefly = ReadingPlan.Reach(lookback: reach.lookback, overlap: .seconds(60))
        #expect(plan.window(at: time(0.05), reach: briefly).window.start < time(0.05))
    }

    @Test("a deep reading that lies in the future, since a clock was set back, is due again")
    func deepReadingInTheFuture() {
        let (window, isDeep) = planReadAtZero().window(at: time(-0.5), reach: reach)
        #expect(window == self.window(-168.5, 23.5))
        #expect(isDeep)
    }

    @Test("after a long gap, what was under way when it began is still within reach")
    func afterGap() {
        // A run that began just after hour -168 and was told just after hour 0 must be met.
        #expect(planReadAtZero().window(at: time(24 * 60), reach: reach).window == window(-168, 24 * 61))
    }

    @Test("a first reading that fails half-way goes on where it stopped, not from the start")
    func firstReadingGoesOn() {
        var plan = ReadingPlan()
        plan.wasRead(window(-168, -84), at: time(0))
        let (window, isDeep) = plan.window(at: time(0.1), reach: reach)
        #expect(window == self.window(-85, 24.1))
        #expect(isDeep)
    }

    @Test("a deep reading that fails again and again comes to its end part by part")
    func deepReadingComesToItsEnd() {
        var plan = planReadAtZero()
        for attempt in 1...200 {
            let now = time(Double(attempt))
            let (window, isDeep) = plan.window(at: now, reach: reach)
            guard isDeep else { break }
            // Each attempt manages three hours before the call fails.
            let part = TimeWindow(from: window.from, to: min(window.from + 180, window.to))
            plan.wasRead(part, at: now)
            if part.to == window.to { plan.finished(deep: true, at: now, reach: reach) }
            if part.end >= now { return }
        }
        Issue.record("it never reached the present")
    }

    @Test("a deep reading that took several attempts counts from when it began")
    func lastDeepReading() {
        var plan = planReadAtZero()
        plan.wasRead(window(-168, -100), at: time(2))
        plan.wasRead(window(-101, 28), at: time(4))
        plan.finished(deep: true, at: time(4), reach: reach)
        #expect(plan.lastDeepReading == time(2))
        // Runs that were told between hours 2 and 4, but began before hour -100, are met by the next one.
        #expect(plan.window(at: time(4), reach: reach).window == window(2 - 168, 28))
    }

    @Test("a window that is read in parts moves the watermark part by part, never beyond the present, never back")
    func watermark() {
        var plan = ReadingPlan()
        plan.wasRead(window(-168, -100), at: time(0))
        #expect(plan.watermark == time(-100))
        plan.wasRead(window(-100, 24), at: time(0))
        #expect(plan.watermark == time(0))
        plan.wasRead(window(-168, -10), at: time(0.5))
        #expect(plan.watermark == time(0))
    }

    @Test("a minute that stays unreadable is news once, until no reading meets it any more")
    func unreadableMinutes() {
        var plan = planReadAtZero()
        let minute = TimeWindow(from: window(-5, 0).from, to: window(-5, 0).from + 1)
        let isNews = plan.isUnreadable(minute)
        let isNewsAgain = plan.isUnreadable(minute)
        #expect(isNews && !isNewsAgain)
        plan.finished(deep: true, at: time(24), reach: reach)
        #expect(plan.unreadableMinutes == [minute.from])
        plan.finished(deep: true, at: time(24 * 9), reach: reach)
        #expect(plan.unreadableMinutes.isEmpty)
    }
}
