import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Every finished run is counted exactly once")
struct ExactlyOnceTests {
    @Test(
        "whatever the log, the server, the clocks and the kills, the ledger equals a plain count of the log",
        arguments: 0..<400)
    func equalsPlainCount(seed: Int) async throws {
        let scenario = Scenario(seed: seed)
        let folder = try TemporaryFolder(inMemory: true)
        var exporter = try ModelExporter(scenario, folder: folder.path)
        let ledger = try await exporter.run()
        #expect(try LedgerExample.saved(in: folder.path) == ledger, "seed \(seed)")

        let success = SuccessRule(includesCompletedWithErrors: scenario.errorsAreSuccess)
        let outcomes = scenario.areProfiles ? ledger.profiles : ledger.jobs
        let countable = Dictionary(grouping: scenario.countable, by: \.owner)
        for owner in RunMaker.owners {
            var expected = PlainCount(of: countable[owner] ?? [], errorsAreSuccess: scenario.errorsAreSuccess)
            var counted = PlainCount(outcomes.entries[owner]?.history, success: success)
            if expected.isAmbiguous { (expected, counted) = (expected.withoutTies, counted.withoutTies) }
            #expect(counted == expected, "seed \(seed), owner \(owner)")
        }
        guard !scenario.areProfiles else { return }
        for (store, owners) in ["1": ["1"], "2": ["1", "2"]] {
            let runs = owners.flatMap { countable[$0] ?? [] }
            let expected = PlainCount(of: runs, errorsAreSuccess: scenario.errorsAreSuccess).withoutTies
            let counted = PlainCount(ledger.verifications.stores[store]?.history, success: success).withoutTies
            #expect(counted == expected, "seed \(seed), store \(store)")
        }
    }

    @Test("the scenarios are worth reading: some have runs that must not be counted, some have gaps and jumps")
    func scenariosVary() {
        let scenarios = (0..<400).map { Scenario(seed: $0) }
        #expect(scenarios.contains { $0.countable.count < $0.server.runs.count })
        #expect(scenarios.contains { $0.countable.count > 100 })
        #expect(scenarios.contains { $0.server.rowLimit != nil && !$0.server.unreadableMinutes.isEmpty })
        #expect(scenarios.contains { $0.clock.jumps.count == 2 })
        #expect(scenarios.contains { $0.server.runs.contains { $0.completion < $0.start } })
    }

    @Test("many odd scenarios have ids that come again, rows without ids, and times that are unknown or in the future")
    func oddScenariosVary() {
        let odd = (0..<400).map { Scenario(seed: $0) }.filter(\.isOdd).map(\.countable)
        #expect((100..<300).contains(odd.count))
        func count(_ condition: (LoggedRun) -> Bool) -> Int { odd.count { $0.contains(where: condition) } }
        #expect(count { !$0.hasID } > 100)
        #expect(count { $0.startForm == .none && $0.completionForm == .right } > 50)
        #expect(count { $0.startForm == .right && $0.completionForm == .none } > 50)
        #expect(count { $0.completionForm == .absent } > 50)
        #expect(count { $0.instant == nil && $0.writtenStart == nil } > 50)
        #expect(count { $0.instant == nil && $0.writtenStart != nil && $0.writtenCompletion != nil } > 50)
        #expect(count { $0.startForm == .right && $0.instant == $0.start && $0.writtenCompletion != nil } > 50)
        let reused = odd.count { runs in
            let ids = runs.filter(\.hasID).map { "\($0.owner) \($0.number)" }
            return Set(ids).count < ids.count - 5
        }
        #expect(reused > 50)
        // In most scenarios no order of equal times is left to chance.
        let ambiguous = odd.count { runs in
            Dictionary(grouping: runs, by: \.owner).values
                .contains { PlainCount(of: $0, errorsAreSuccess: true).isAmbiguous }
        }
        #expect(ambiguous < odd.count / 5)
    }
}

@Suite("Runs may come in any order, any chunks and any number of times")
struct FoldingTests {
    private let success = SuccessRule(includesCompletedWithErrors: true)

    private func counts(_ outcomes: OutcomeLedger) -> [String: PlainCount] {
        outcomes.entries.mapValues { PlainCount($0.history, success: success) }
    }

    @Test("a outcomes that was told a log in pieces equals a plain count of the log", arguments: 0..<300)
    func foldsInPieces(seed: Int) {
        let scenario = Scenario(seed: seed, isOdd: false)
        var random = SeededRandom(seed: seed)
        let reports = scenario.server.runs.map { $0.report(action: nil) }
        var pieces: [[OutcomeLedger.Report]] = []
        var rest = reports[...]
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(Int.random(in: 1...12, using: &random))))
            rest = rest.dropFirst(pieces.last?.count ?? 1)
        }
        pieces += pieces.filter { _ in random.happens(0.4) }

        var outcomes = OutcomeLedger()
        var newRuns = 0
        var unknownResults = 0
        for piece in pieces.shuffled(using: &random) {
            let folded = outcomes.fold(piece.shuffled(using: &random))
            newRuns += folded.newRuns
            unknownResults += folded.unknownResults
        }

        let plain = Dictionary(grouping: scenario.server.runs, by: \.owner)
            .mapValues { PlainCount(of: $0, errorsAreSuccess: true) }
        #expect(counts(outcomes) == plain, "seed \(seed)")
        #expect(newRuns == scenario.server.runs.count)
        let unknown: Set = ["partlyDone", "skipped", "unknown"]
        #expect(unknownResults == scenario.server.runs.count { unknown.contains($0.result.counted) })
    }

    @Test("settling at any horizons, in any steps, changes nothing that is shown", arguments: 0..<300)
    func settlesInSteps(seed: Int) {
        let scenario = Scenario(seed: seed, isOdd: false)
        var random = SeededRandom(seed: seed)
        var outcomes = OutcomeLedger()
        _ = outcomes.fold(scenario.server.runs.map { $0.report(action: nil) })
        let before = counts(outcomes)
        var horizon = scenario.span.lowerBound - 30 * 86_400
        while horizon < scenario.span.upperBound + 30 * 86_400 {
            outcomes.settle(before: Timestamp(secondsSince1970: horizon), success: success)
            #expect(counts(outcomes) == before, "seed \(seed)")
            horizon += random.seconds(60...20 * 86_400)
        }
        outcomes.settle(before: Timestamp(secondsSince1970: horizon + 1e9), success: success)
        #expect(counts(outcomes) == before, "seed \(seed)")
        #expect(outcomes.entries.values.allSatisfy { !$0.history.hasRecentRuns })
    }
}

/// What a log amounts to, counted plainly with the whole log at hand: the oracle of the property tests.
struct PlainCount: Equatable, CustomStringConvertible {
    var totals: [String: Int] = [:]
    var items: Int64 = 0
    /// The id of the last run; `nil` if it has none.
    var lastRun: Int?
    var lastInstant: Double?
    var lastCompletion: Double?
    var lastSuccess: Double?
    var lastFailure: Double?
    var lastNonzeroRun: Double?
    var failuresInARow = 0
    /// Whether it hangs on chance which of several runs without an id that ended in the same second is called the last.
    private(set) var isAmbiguous = false

    /// - Parameter runs: the runs of one job, profile or store, in any order.
    init(of runs: [LoggedRun], errorsAreSuccess: Bool) {
        var successful: Set = ["succeeded", "completedWithWarnings"]
        if errorsAreSuccess { successful.insert("completedWithErrors") }
        // Runs of unknown times have no place in the order. Of two in the same second, the one with the higher id is later.
        func key(_ run: LoggedRun) -> (Double, Double, Int) {
            (run.instant ?? 0, run.believedStart ?? -.infinity, run.hasID ? run.number : .max)
        }
        let ordered = runs.filter { $0.instant != nil }.sorted { key($0) < key($1) }
        totals = Dictionary(grouping: runs, by: \.result.counted).mapValues(\.count)
        items = runs.compactMap(\.items).reduce(0, +)
        lastRun = ordered.last.flatMap { $0.hasID ? $0.number : nil }
        lastInstant = ordered.last?.instant
        lastCompletion = ordered.last?.believedCompletion
        lastSuccess =
            ordered.last { successful.contains($0.result.counted) && $0.believedCompletion != nil }?.completion
        lastFailure =
            ordered.last { !successful.contains($0.result.counted) && $0.believedCompletion != nil }?.completion
        lastNonzeroRun = ordered.last { ($0.items ?? 0) > 0 && $0.believedCompletion != nil }?.completion
        failuresInARow = ordered.reversed().prefix { !successful.contains($0.result.counted) }.count
        let decisive = ordered.suffix(failuresInARow + 1)
        isAmbiguous = decisive.contains { run in
            !run.hasID && ordered.contains { key($0) == key(run) && $0.row != run.row }
        }
    }

    /// What the ledger says, in the same terms.
    init(_ history: OutcomeHistory?, success: SuccessRule) {
        guard let history else { return }
        let summary = history.summary(success: success)
        totals = history.totals
        items = history.itemsArchived
        lastRun = summary.lastRun.flatMap { Int($0.id) }
        lastInstant = summary.lastRun?.instant?.secondsSince1970
        lastCompletion = summary.lastRun?.completion?.secondsSince1970
        lastSuccess = summary.lastSuccess?.secondsSince1970
        lastFailure = summary.lastFailure?.secondsSince1970
        lastNonzeroRun = summary.lastNonzeroRun?.secondsSince1970
        failuresInARow = summary.consecutiveFailures
    }

    /// Without what hangs on which of two runs that ended in the same second is called the last.
    var withoutTies: PlainCount {
        var count = self
        count.lastRun = nil
        count.lastCompletion = nil
        count.failuresInARow = 0
        count.isAmbiguous = false
        return count
    }

    var description: String {
        let totals = totals.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return "[\(totals)] items \(items), last run \(lastRun ?? -1) completed \(lastCompletion ?? -1), "
            + "last success \(lastSuccess ?? -1), last failure \(lastFailure ?? -1), "
            + "last nonzero \(lastNonzeroRun ?? -1), failures \(failuresInARow)"
    }
}
