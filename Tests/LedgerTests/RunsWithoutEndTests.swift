import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A run without an end that began long ago")
struct RunsWithoutEndTests {
    private let reach = LedgerExample.reach
    private let rule = SuccessRule(includesCompletedWithErrors: false)
    private static let day = 24.0

    /// Jobs that were read up to day 40, a run a day, of which those up to day 30 are settled; counting began at day -1.
    private func outcomes(firstID: Int = 1) -> OutcomeLedger {
        var outcomes = OutcomeLedger()
        let now = LedgerExample.time(40 * Self.day)
        outcomes.plan.wasRead(LedgerExample.window(-Self.day, 41 * Self.day), at: now)
        _ = outcomes.fold(
            (0..<40).map { day in
                LedgerExample.report(
                    of: "1", LedgerExample.run("\(firstID + day)", completed: Double(day + 1) * Self.day))
            })
        outcomes.plan.finished(deep: true, at: now, reach: reach)
        for _ in 0..<2 { outcomes.plan.moveHorizon(reach: reach, notAfter: now) }
        settle(&outcomes)
        return outcomes
    }

    private func settle(_ outcomes: inout OutcomeLedger) {
        guard let horizon = outcomes.plan.horizon else { return }
        outcomes.settle(before: horizon, success: rule)
    }

    private func run(_ id: String, began day: Double, _ result: String = "failed") -> OutcomeLedger.Report {
        OutcomeLedger.Report(
            id: "1", runID: id, hasID: Int64(id) != nil, start: LedgerExample.time(day * Self.day), completion: nil,
            result: result)
    }

    private func fold(_ report: OutcomeLedger.Report, into outcomes: inout OutcomeLedger) -> Int {
        outcomes.fold([report], in: LedgerExample.window(-60 * Self.day, 41 * Self.day)).newRuns
    }

    @Test("is counted once, although runs of that time are settled, and follows them")
    func counted() {
        var outcomes = outcomes()
        #expect(outcomes.plan.horizon.map { $0 > LedgerExample.time(29 * Self.day) } == true)
        let report = run("41", began: 5)
        let counts = (0..<3).map { _ in
            let count = fold(report, into: &outcomes)
            settle(&outcomes)
            return count
        }
        #expect(counts == [1, 0, 0])
        let history = outcomes.entries["1"]?.history
        #expect(history?.totals == ["succeeded": 40, "failed": 1])
        // It began before the runs that are not settled, so it is not the last one.
        #expect(history?.summary(success: rule).lastRun?.id == "40")

        // It is known when it is settled itself, for as long as windows return it.
        outcomes.settle(before: LedgerExample.time(50 * Self.day), success: rule)
        #expect(fold(report, into: &outcomes) == 0)
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 40, "failed": 1])
    }

    @Test("is the last run where no other one came after it")
    func lastRun() {
        var outcomes = outcomes()
        outcomes.settle(before: LedgerExample.time(41 * Self.day), success: rule)
        #expect(fold(run("41", began: 5), into: &outcomes) == 1)
        let summary = outcomes.entries["1"]?.history.summary(success: rule)
        #expect(summary?.lastRun?.id == "41" && summary?.consecutiveFailures == 1)
    }

    @Test(
        "gets its end later without being counted again; another result counts too, because counters never decrease",
        arguments: [
            ("failed", ["succeeded": 40, "failed": 1]), ("unknown", ["succeeded": 40, "unknown": 1, "failed": 1]),
        ])
    func completed(before: String, totals: [String: Int]) {
        var outcomes = outcomes()
        #expect(fold(run("41", began: 5, before), into: &outcomes) == 1)
        var report = run("41", began: 5, "failed")
        report.completion = LedgerExample.time(40 * Self.day)
        #expect(fold(report, into: &outcomes) == 0)
        #expect(outcomes.entries["1"]?.history.totals == totals)
    }

    @Test(
        "is not counted if it may have been counted, or began before counting",
        arguments: [
            // A server that has ceased to write ends: these were counted with theirs.
            ("7", 6.9), ("30", 29.9),
            // A row without an id cannot be told from one of then.
            ("row/1", 5.0),
            // Nobody knows whether it ended before counting began.
            ("41", -2.0),
        ])
    func notCounted(id: String, day: Double) {
        var outcomes = outcomes()
        let report = run(id, began: day)
        #expect(fold(report, into: &outcomes) == 0)
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 40])
    }

    @Test("is not counted again when the state is one of an older version, which did not keep the settled ids")
    func olderState() throws {
        let outcomes = outcomes(firstID: 101)
        let data = try JSONEncoder().encode(outcomes)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["settledIDs"] as? [Int] == [101, 130])
        object["settledIDs"] = nil
        var older = try JSONDecoder().decode(
            OutcomeLedger.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(fold(run("110", began: 8.9), into: &older) == 0)
        settle(&older)
        #expect(fold(run("110", began: 8.9), into: &older) == 0)
        // From the first reading on it is known which ids are settled, and a new one is new.
        #expect(fold(run("141", began: 5), into: &older) == 1)
    }
}

@Suite("The ids of settled runs")
struct SettledIDsTests {
    @Test("are the ids that were inserted, in whatever order", arguments: 0..<100)
    func sameAsSet(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        var ids = SettledIDs()
        var all: Set<Int64> = []
        for _ in 0..<30 {
            let new = (0..<Int.random(in: 0...8, using: &random)).map { _ in Int64.random(in: 1...90, using: &random) }
            ids.insert(new)
            all.formUnion(new)
        }
        #expect((0...100).allSatisfy { ids.contains($0) == all.contains($0) }, "seed \(seed)")
        #expect(zip(ids.ranges, ids.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        #expect(try JSONDecoder().decode(SettledIDs.self, from: JSONEncoder().encode(ids)) == ids)
    }

    @Test("take little space: beyond a limit the lowest gaps are closed, and the extremes do no harm")
    func limit() {
        var ids = SettledIDs()
        ids.insert((1...1000).map { $0 * 10 })
        ids.insert([.max, .min, .max - 1])
        #expect(ids.ranges.count == SettledIDs.limit)
        #expect(ids.contains(10) && ids.contains(15) && ids.contains(10_000) && !ids.contains(9_995))
        #expect(ids.contains(.max) && ids.contains(.min) && !ids.contains(.max - 2))
    }

    @Test(
        "are read only if they are ranges in order",
        arguments: [
            ("[]", true), ("[1,1,3,9]", true), ("[1]", false), ("[2,1]", false), ("[1,4,5,6]", false),
            ("[5,6,1,2]", false),
            ("[1,9223372036854775807]", true), ("[1,2,-9223372036854775808,0]", false),
            ("[-9223372036854775808,0]", true),
        ])
    func decoding(json: String, isValid: Bool) {
        let ids = try? JSONDecoder().decode(SettledIDs.self, from: Data(json.utf8))
        #expect((ids != nil) == isValid)
    }
}
