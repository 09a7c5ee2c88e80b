import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A known run id with another start is another run")
struct RunIdentityTests {
    private func report(
        _ id: String = "4", at hours: Double?, for seconds: Double? = 60, _ result: String? = "succeeded",
        local: Bool = false, known: Bool = true, items: Int64? = nil
    ) -> OutcomeLedger.Report {
        let start = hours.map(LedgerExample.time)
        return OutcomeLedger.Report(
            id: "1", runID: id, start: start,
            completion: seconds.flatMap { seconds in start.map { $0 + .seconds(seconds) } },
            itemsArchived: items, isApproximate: local && !known, isLocal: local, result: result)
    }

    private func fold(_ reports: [OutcomeLedger.Report]) -> (ledger: OutcomeLedger, folded: OutcomeLedger.Folded) {
        var outcomes = OutcomeLedger()
        var sum = OutcomeLedger.Folded()
        for report in reports + reports.reversed() {
            let folded = outcomes.fold([report])
            sum.newRuns += folded.newRuns
            sum.reusedIDs += folded.reusedIDs
        }
        return (outcomes, sum)
    }

    @Test("in UTC, whatever the difference is", arguments: [1.0 / 3600, 0.25, 1, 14, 24, 26, 48, -72, 1000])
    func inUTC(hours: Double) {
        let (ledger, folded) = fold([report(at: 0), report(at: hours)])
        #expect(folded == OutcomeLedger.Folded(newRuns: 2, reusedIDs: 1))
        #expect(ledger.entries["1"]?.history.totals == ["succeeded": 2])
    }

    @Test("three runs with one id are three")
    func three() {
        let (ledger, folded) = fold([report(at: 0), report(at: 100, nil), report(at: 50, "failed")])
        #expect(folded == OutcomeLedger.Folded(newRuns: 3, reusedIDs: 2))
        #expect(ledger.entries["1"]?.history.totals == ["succeeded": 1, "failed": 1, "unknown": 1])
    }

    @Test(
        "in the server's own zone, a shift by whole quarter hours is the same run in another zone",
        arguments: [0.25, 1, -1, 5.75, 14, 26, -26], [true, false])
    func shifted(hours: Double, known: Bool) {
        let first = report(at: 0, local: true, known: known)
        #expect(fold([first, report(at: hours, local: true, known: known)]).folded.newRuns == 1)
        // A server that has learnt UTC after an update.
        #expect(fold([first, report(at: hours)]).folded.newRuns == 1)
    }

    @Test("in the server's own zone, what no zone explains is another run")
    func notShifted() {
        let first = report(at: 0, local: true, items: 3)
        let others = [
            report(at: 0.26, local: true, items: 3), report(at: 26.25, local: true, items: 3),
            report(at: 1, for: 61, local: true, items: 3), report(at: 1, "failed", local: true, items: 3),
            report(at: 1, local: true, items: 4),
        ]
        for other in others { #expect(fold([first, other]).folded.newRuns == 2) }
    }

    @Test("a run is the same one when only its fractions of a second differ")
    func fractions() {
        #expect(fold([report(at: 0), report(at: 0.4 / 3600)]).folded.newRuns == 1)
    }

    @Test(
        "a run that was counted without an end is completed; counters never decrease, and another result counts too",
        arguments: [
            ("failed", 2, ["failed": 1]), ("failed", 9, ["failed": 1]),
            ("stillGoing", 2, ["stillGoing": 1, "failed": 1]),
        ] as [(String, Int64, [String: Int])])
    func completed(before: String, items: Int64, totals: [String: Int]) {
        let early = report(at: 0, for: nil, before, items: items)
        let late = report(at: 0, "failed", items: 7)
        for reports in [[early, late, early, late], [late, early, late]] {
            var outcomes = OutcomeLedger()
            var before: (totals: [String: Int], items: Int64) = ([:], 0)
            for report in reports {
                _ = outcomes.fold([report])
                let history = outcomes.entries["1"]?.history
                #expect(before.totals.allSatisfy { history?.totals[$0.key] ?? 0 >= $0.value })
                #expect(history?.itemsArchived ?? 0 >= before.items)
                before = (history?.totals ?? [:], history?.itemsArchived ?? 0)
            }
            let history = outcomes.entries["1"]?.history
            let isEarlyFirst = reports.count == 4
            #expect(history?.totals == (isEarlyFirst ? totals : ["failed": 1]))
            #expect(history?.itemsArchived == (isEarlyFirst ? max(7, items) : 7))
            #expect(
                history?.summary(success: SuccessRule(includesCompletedWithErrors: false)).lastRun?.result == "failed")
            #expect(history?.recentRuns.first { _ in true }?.completion == LedgerExample.time(0) + .seconds(60))
        }
    }

    @Test("a row with neither an end nor a result is no finished run", arguments: [nil, "", " ", "running", "Running"])
    func unfinished(result: String?) {
        #expect(fold([report(at: 0, for: nil, result)]).folded.newRuns == 0)
        #expect(fold([report(at: 0, for: nil, "failed")]).folded.newRuns == 1)
    }

    @Test("a run with neither a start nor an end is counted once by its id, and is never the newest")
    func timeless() {
        let (ledger, folded) = fold([report(at: 0, "failed"), report("9", at: nil, "succeeded")])
        #expect(folded.newRuns == 2)
        let summary = ledger.entries["1"]?.history.summary(success: SuccessRule(includesCompletedWithErrors: false))
        #expect(summary?.lastRun?.id == "4")
        #expect(summary?.consecutiveFailures == 1)
    }
}

@Suite("Rows without an id are told apart by all that they contain")
struct RowsWithoutIDTests {
    private func profileRow(_ fields: String) throws -> OutcomeLedger.Report {
        OutcomeLedger.Report(try WorkerResult(json: Array(#"{"profileId": 1, \#(fields)}"#.utf8)), in: .utc)
    }

    private static let base = #""startTime": "2026-01-05T03:00:00", "completeTime": "2026-01-05T03:00:00""#

    @Test("two that begin in the same second are two if anything differs")
    func sameSecond() throws {
        let rows = try [
            #"\#(Self.base), "result": "cancelled", "itemsArchived": 0"#,
            #"\#(Self.base), "result": "succeeded", "itemsArchived": 0"#,
            #"\#(Self.base), "result": "cancelled", "itemsArchived": 1"#,
            #"\#(Self.base), "result": "cancelled", "itemsArchived": 0, "machineName": "A""#,
            #"\#(Self.base), "result": "cancelled", "itemsArchived": 0, "userName": "A""#,
            #""startTime": "2026-01-05T03:00:00", "completeTime": "2026-01-05T03:07:00", "result": "cancelled""#,
            #""completeTime": "2026-01-05T03:00:00", "result": "cancelled""#,
            #""startTime": "0001-01-01T00:00:00", "completeTime": "0001-01-01T00:00:00", "result": "cancelled""#,
        ].map(profileRow)
        var outcomes = OutcomeLedger()
        for rows in [rows, rows.reversed()] { _ = outcomes.fold(rows) }
        for row in rows { _ = outcomes.fold([row]) }
        #expect(outcomes.entries["1"]?.history.totals.values.reduce(0, +) == rows.count)
    }

    @Test("a rename of the profile or of the case of a result makes no new run")
    func renamed() throws {
        var outcomes = OutcomeLedger()
        for fields in [#""profileName": "A", "result": "failed""#, #""profileName": "B", "result": "Failed""#] {
            _ = outcomes.fold([try profileRow("\(Self.base), \(fields)")])
        }
        #expect(outcomes.entries["1"]?.history.totals == ["failed": 1])
    }

    @Test("equal rows of one reply are as many runs, however often and in whatever company they are read")
    func equalRows() throws {
        let row = try profileRow(#"\#(Self.base), "result": "failed""#)
        let other = try profileRow(#"\#(Self.base), "result": "succeeded""#)
        var outcomes = OutcomeLedger()
        for reply in [[row, row], [row, other, row], [row, row]] { _ = outcomes.fold(reply) }
        #expect(outcomes.entries["1"]?.history.totals == ["failed": 2, "succeeded": 1])
    }

    @Test("equal rows of two profiles are a run of each")
    func twoProfiles() throws {
        var outcomes = OutcomeLedger()
        let one = try profileRow(#"\#(Self.base), "result": "failed""#)
        var two = one
        two.id = "2"
        for _ in 0..<2 { _ = outcomes.fold([one, two]) }
        #expect(outcomes.entries.values.map(\.history.totals) == [["failed": 1], ["failed": 1]])
    }

    @Test("a run that an older version counted by its start is not counted again")
    func olderState() throws {
        var outcomes = OutcomeLedger()
        let start = LedgerExample.time(3)
        _ = outcomes.fold([
            OutcomeLedger.Report(
                id: "1", runID: "start/\(start.secondsSince1970)", start: start, completion: start, result: "failed")
        ])
        let rows = try [#"\#(Self.base), "result": "failed""#, #"\#(Self.base), "result": "succeeded""#].map(profileRow)
        for _ in 0..<2 { _ = outcomes.fold(rows) }
        #expect(outcomes.entries["1"]?.history.totals == ["failed": 1, "succeeded": 1])
    }
}

@Suite("Times that mean none, or come from a clock that is ahead, are not believed")
struct ImplausibleTimesTests {
    private let rule = SuccessRule(includesCompletedWithErrors: false)

    private func jobRow(_ start: String, _ completion: String) throws -> OutcomeLedger.Report {
        let json = """
            {"jobResultId": 4, "jobId": 1, "startTime": \(start), "completeTime": \(completion), "result": "failed"}
            """
        return OutcomeLedger.Report(try JobResult(json: Array(json.utf8)), in: .utc)
    }

    @Test(
        "dates that mean none are none, at either end",
        arguments: [
            "0001-01-01T00:00:00", "0001-01-01T14:00:00Z", "1600-12-31T22:00:00", "1601-01-01T00:00:00",
            "1601-01-01T05:30:00", "1899-12-30T00:00:00", "1899-12-31T00:00:00", "1900-01-01T00:00:00",
            "1969-12-31T10:00:00", "1970-01-01T00:00:00", "1970-01-01T14:00:00", "1980-01-01T00:00:00",
            "9999-12-31T23:59:59", "9999-12-31T23:59:59.9999999",
        ])
    func noneDates(date: String) throws {
        let good = #""2026-01-05T03:00:00""#
        let withoutEnd = try jobRow(good, "\"\(date)\"")
        #expect(withoutEnd.completion == nil && withoutEnd.start != nil && withoutEnd.noneTimes == 1)
        let withoutStart = try jobRow("\"\(date)\"", good)
        #expect(withoutStart.start == nil && withoutStart.completion != nil && withoutStart.noneTimes == 1)
        let without = try jobRow("\"\(date)\"", "\"\(date)\"")
        #expect(without.start == nil && without.completion == nil && without.noneTimes == 2)
        for row in [withoutEnd, withoutStart, without] {
            var outcomes = OutcomeLedger()
            let first = outcomes.fold([row])
            #expect(first.newRuns == 1 && first.implausibleTimes == row.noneTimes)
            #expect(outcomes.fold([row]) == OutcomeLedger.Folded())
        }
    }

    @Test("an absent time is none and not odd", arguments: ["null", "\"\""])
    func absent(text: String) throws {
        let row = try jobRow("\"2026-01-05T03:00:00\"", text)
        #expect(row.completion == nil && row.noneTimes == 0)
    }

    @Test("a date of this century is a date", arguments: ["2000-01-01T00:00:00", "2026-01-05T03:00:00"])
    func dates(date: String) throws {
        #expect(try jobRow("\"\(date)\"", "\"\(date)\"").noneTimes == 0)
    }

    private func present(_ hours: Double, server: Double? = nil) -> PresentTime {
        let now = LedgerExample.time(hours)
        return PresentTime(earliest: now, latest: now, other: server.map(LedgerExample.time))
    }

    private func report(_ id: String, _ hours: Double, _ raw: String) -> OutcomeLedger.Report {
        LedgerExample.report(of: "1", LedgerExample.run(id, completed: hours), raw: raw)
    }

    @Test("a run of the future is counted, and the failure after it is the last result")
    func future() {
        var outcomes = OutcomeLedger()
        let folded = outcomes.fold(
            [report("1", -2, "succeeded"), report("2", 24 * 365, "succeeded"), report("3", -1, "failed")],
            at: present(0))
        #expect(folded.newRuns == 3 && folded.implausibleTimes == 2)
        let summary = outcomes.entries["1"]?.history.summary(success: rule)
        #expect(summary?.lastRun?.id == "3" && summary?.consecutiveFailures == 1)
        #expect(summary?.lastSuccess == LedgerExample.time(-2))
        #expect(outcomes.plan.newestRun == LedgerExample.time(-1))
    }

    @Test("a run of up to a day ahead is believed", arguments: [(23.9, true), (24.1, false)])
    func dayAhead(hours: Double, isBelieved: Bool) {
        var outcomes = OutcomeLedger()
        _ = outcomes.fold([report("1", -2, "failed"), report("2", hours, "succeeded")], at: present(0))
        #expect((outcomes.entries["1"]?.history.summary(success: rule).lastRun?.id == "2") == isBelieved)
    }

    @Test("while the server's clock is years ahead, its runs are the newest but their times are not shown")
    func clockAhead() {
        let years = 24 * 365 * 5.0
        var outcomes = OutcomeLedger()
        _ = outcomes.fold([report("1", -2, "failed")], at: present(0))
        let folded = outcomes.fold([report("2", years, "succeeded")], at: present(0, server: years))
        #expect(folded.implausibleTimes == 0)
        let ahead = outcomes.entries["1"]?.history.summary(success: rule)
        #expect(ahead?.lastRun?.id == "2")
        #expect(
            ahead?.lastRun?.knownStart == nil && ahead?.lastRun?.knownCompletion == nil && ahead?.lastSuccess == nil)

        // The clock is right again, and a job fails.
        _ = outcomes.fold([report("3", 1, "failed")], at: present(2))
        let disbelieved = outcomes.disbelieve(after: present(2))
        let again = outcomes.disbelieve(after: present(2))
        #expect(disbelieved == 2 && again == 0)
        let right = outcomes.entries["1"]?.history.summary(success: rule)
        #expect(right?.lastRun?.id == "3" && right?.consecutiveFailures == 2)
        #expect(outcomes.plan.newestRun.map { $0 <= present(2).latestBelieved } == true)
        #expect(outcomes.entries["1"]?.history.totals == ["succeeded": 1, "failed": 2])
        // Read again, also years later, it is not counted again.
        #expect(outcomes.fold([report("2", years, "succeeded")], at: present(3)).newRuns == 0)
        outcomes.settle(before: LedgerExample.time(100), success: rule)
        #expect(outcomes.fold([report("2", years, "succeeded")], at: present(years)).newRuns == 0)
    }

    @Test("of a run whose clock was set while it ran, the time that can be right is used")
    func oneTimeAhead() throws {
        let years = 24 * 365 * 5.0
        for (start, completion) in [(-1.0, years), (years, -1.0)] {
            var outcomes = OutcomeLedger()
            let report = OutcomeLedger.Report(
                id: "1", runID: "7", start: LedgerExample.time(start), completion: LedgerExample.time(completion),
                result: "failed")
            for _ in 0..<3 { _ = outcomes.fold([report], at: present(0)) }
            let summary = try #require(outcomes.entries["1"]?.history.summary(success: rule))
            #expect(outcomes.entries["1"]?.history.totals == ["failed": 1])
            #expect(summary.lastRun?.instant == LedgerExample.time(-1))
            #expect([summary.lastRun?.knownStart, summary.lastRun?.knownCompletion].compactMap { $0 }.count == 1)
        }
    }

    @Test("a store's verification of the future does not hide the next failure")
    func verification() {
        var jobs = OutcomeLedger()
        var verifications = VerificationLedger()
        verifications.list([Store(id: "1", name: "A")], at: LedgerExample.time(-10))
        _ = jobs.fold(
            [("1", 24 * 400.0, "succeeded"), ("2", 1, "failed")].map {
                LedgerExample.report(
                    of: "7", LedgerExample.run($0.0, completed: $0.1), raw: $0.2, action: "VerifyStores")
            }, at: present(2, server: 24 * 400))
        _ = jobs.disbelieve(after: present(2))
        _ = verifications.fold(jobs)
        verifications.disbelieve(after: present(2))
        let summary = verifications.stores["1"]?.history.summary(success: rule)
        #expect(summary?.lastRun?.result == "failed" && summary?.lastSuccess == nil)
        #expect(verifications.stores["1"]?.totals == ["job": ["succeeded": 1, "failed": 1]])
    }
}
