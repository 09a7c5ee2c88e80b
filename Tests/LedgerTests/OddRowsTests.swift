import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Rows with ids that are used again, without ids, without times and from the future are counted exactly once")
struct OddRowsTests {
    private let success = SuccessRule(includesCompletedWithErrors: false)

    @Test("in any order, any chunks, any number of times", arguments: 0..<300)
    func foldsInPieces(seed: Int) {
        var random = SeededRandom(seed: seed)
        let log = OddLog(&random)
        var pieces: [[OddLog.Row]] = []
        // Equal rows without an id come in one reply, because they have the same times.
        for group in Dictionary(grouping: log.rows, by: \.group).values.map({ $0 }).shuffled(using: &random) {
            if pieces.isEmpty || random.happens(0.3) { pieces.append([]) }
            pieces[pieces.count - 1] += group
        }
        pieces += pieces.filter { _ in random.happens(0.5) }

        var outcomes = OutcomeLedger()
        var folded = OutcomeLedger.Folded()
        for piece in pieces.shuffled(using: &random) {
            let new = outcomes.fold(piece.shuffled(using: &random).map(\.report), at: log.present)
            folded.newRuns += new.newRuns
            folded.reusedIDs += new.reusedIDs
            folded.implausibleTimes += new.implausibleTimes
        }
        #expect(folded.newRuns == log.rows.count, "seed \(seed)")
        #expect(folded.reusedIDs == log.reusedIDs, "seed \(seed)")
        #expect(folded.implausibleTimes == log.implausibleTimes, "seed \(seed)")
        check(outcomes, log, seed)
        var horizon = OddLog.now - 40 * 86_400
        while horizon < OddLog.now + 4000 * 86_400 {
            outcomes.settle(before: Timestamp(secondsSince1970: horizon), success: success)
            check(outcomes, log, seed)
            horizon += random.seconds(86_400...400 * 86_400)
        }
    }

    private func check(_ outcomes: OutcomeLedger, _ log: OddLog, _ seed: Int) {
        for (owner, rows) in Dictionary(grouping: log.rows, by: \.owner) {
            let history = outcomes.entries[owner]?.history
            #expect(history?.totals == Dictionary(grouping: rows, by: \.result).mapValues(\.count), "seed \(seed)")
            #expect(history?.itemsArchived == rows.map(\.items).reduce(0, +), "seed \(seed)")
            let summary = history?.summary(success: success)
            let ordered = rows.compactMap { row in log.instant(of: row).map { (row, $0) } }.sorted { $0.1 < $1.1 }
            #expect(summary?.lastRun?.instant?.secondsSince1970 == ordered.last?.1, "seed \(seed)")
            #expect(summary?.lastRun?.result == ordered.last?.0.result, "seed \(seed)")
            #expect(
                summary?.consecutiveFailures == ordered.reversed().prefix { $0.0.result != "succeeded" }.count,
                "seed \(seed)")
            for shown in [summary?.lastRun?.knownStart, summary?.lastRun?.knownCompletion, summary?.lastSuccess] {
                #expect(shown.map { $0 <= log.present.latestShown } ?? true, "seed \(seed)")
            }
        }
    }
}

/// A log of runs of a few profiles with everything that a server might write into their ids and times.
struct OddLog {
    struct Row {
        var owner: String
        /// Rows with the same number are equal.
        var group: Int
        var id: String?
        var start: Double?
        var completion: Double?
        var noneTimes = 0
        var result: String
        var items: Int64

        var report: OutcomeLedger.Report {
            func instant(_ time: Double?) -> Timestamp? { time.map { Timestamp(secondsSince1970: $0) } }
            return OutcomeLedger.Report(
                id: owner, runID: id ?? "row/\(group)", hasID: id != nil, start: instant(start),
                completion: instant(completion), itemsArchived: items, noneTimes: noneTimes, result: result)
        }
    }

    /// The present of both clocks, in seconds since 1970.
    static let now = Scenario.origin

    private(set) var rows: [Row] = []
    private(set) var reusedIDs = 0
    let present = PresentTime(
        earliest: Timestamp(secondsSince1970: now), latest: Timestamp(secondsSince1970: now))

    init(_ random: inout SeededRandom) {
        var number = 0
        for owner in ["1", "2"] {
            var ids: Set<String> = []
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                number += 1
                // No two runs have the same times, but for those that are meant to.
                let start = Self.now - 30 * 86_400 + Double(number) * 7919
                var row = Row(
                    owner: owner, group: number, id: String(Int.random(in: 1...15, using: &random)), start: start,
                    completion: start + 60, result: random.pick(["succeeded", "failed"]), items: random.pick([0, 5]))
                let hasUsedID = ids.contains(row.id ?? "")
                switch Int.random(in: 0..<10, using: &random) {
                case 0: row.completion = nil
                case 1:
                    row.completion = nil
                    row.noneTimes = 1
                case 2: row.completion = Self.now + 5 * 365 * 86_400 + Double(number)
                case 3 where !hasUsedID:
                    // Without a start, an id that is used again cannot be told from the run before.
                    row.id = "timeless \(number)"
                    row.start = nil
                    row.completion = random.happens(0.5) ? nil : row.completion
                    row.noneTimes = 1
                case 4:
                    row.start = Self.now + 3 * 365 * 86_400 + Double(number)
                    row.completion = row.start.map { $0 + 60 }
                case 5, 6: row.id = nil
                default: break
                }
                if let id = row.id, !ids.insert(id).inserted { reusedIDs += 1 }
                rows.append(row)
                if row.id == nil, random.happens(0.3) { rows.append(row) }
            }
        }
    }

    var implausibleTimes: Int {
        rows.reduce(0) { count, row in
            count + row.noneTimes + [row.start, row.completion].count { isAhead($0) }
        }
    }

    private func isAhead(_ time: Double?) -> Bool { time.map { $0 > Self.now + 86_400 } ?? false }

    /// Where the row stands in the order; `nil` if none of its times can be believed.
    func instant(of row: Row) -> Double? {
        [row.completion, row.start].compactMap { $0 }.first { !isAhead($0) }
    }
}
