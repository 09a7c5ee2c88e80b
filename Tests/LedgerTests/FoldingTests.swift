import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Runs may come in any order, any chunks and any number of times")
struct FoldingTests {
    private let success = SuccessRule(includesCompletedWithErrors: true)

    private func counts(_ book: OutcomeBook) -> [String: PlainCount] {
        book.entries.mapValues { PlainCount($0.history, success: success) }
    }

    @Test("a book that was told a log in pieces equals a plain count of the log", arguments: 0..<300)
    func foldsInPieces(seed: Int) {
        let scenario = Scenario(seed: seed)
        var random = SeededRandom(seed: seed)
        let reports = scenario.server.runs.map { $0.report(action: nil) }
        var pieces: [[OutcomeBook.Report]] = []
        var rest = reports[...]
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(Int.random(in: 1...12, using: &random))))
            rest = rest.dropFirst(pieces.last?.count ?? 1)
        }
        pieces += pieces.filter { _ in random.happens(0.4) }

        var book = OutcomeBook()
        var newRuns = 0
        var unknownResults = 0
        for piece in pieces.shuffled(using: &random) {
            let folded = book.fold(piece.shuffled(using: &random))
            newRuns += folded.newRuns
            unknownResults += folded.unknownResults
        }

        let plain = Dictionary(grouping: scenario.server.runs, by: \.owner)
            .mapValues { PlainCount(of: $0, errorsAreSuccess: true) }
        #expect(counts(book) == plain, "seed \(seed)")
        #expect(newRuns == scenario.server.runs.count)
        let unknown: Set = ["partlyDone", "skipped", "unknown"]
        #expect(unknownResults == scenario.server.runs.count { unknown.contains($0.result.counted) })
    }

    @Test("settling at any horizons, in any steps, changes nothing that is shown", arguments: 0..<300)
    func settlesInSteps(seed: Int) {
        let scenario = Scenario(seed: seed)
        var random = SeededRandom(seed: seed)
        var book = OutcomeBook()
        _ = book.fold(scenario.server.runs.map { $0.report(action: nil) })
        let before = counts(book)
        var horizon = scenario.span.lowerBound - 30 * 86_400
        while horizon < scenario.span.upperBound + 30 * 86_400 {
            book.settle(before: Timestamp(secondsSince1970: horizon), success: success)
            #expect(counts(book) == before, "seed \(seed)")
            horizon += random.seconds(60...20 * 86_400)
        }
        book.settle(before: Timestamp(secondsSince1970: horizon + 1e9), success: success)
        #expect(counts(book) == before, "seed \(seed)")
        #expect(book.entries.values.allSatisfy { !$0.history.hasRecentRuns })
    }
}
