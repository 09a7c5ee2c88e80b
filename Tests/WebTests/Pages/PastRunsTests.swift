import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Ledger
@testable import OperatingSystem
@testable import Web

@Suite("The last runs of a thing")
struct PastRunsTests {
    private static let success = SuccessRule(includesCompletedWithErrors: false)

    private func run(_ number: Int, _ result: String = "succeeded") -> Run {
        let time = Timestamp(secondsSince1970: Double(number * 100))
        return Run(id: "\(number)", start: time, completion: time + .seconds(7), result: result)
    }

    private static func completions(_ numbers: ClosedRange<Int>) -> [Int64?] {
        numbers.map { number -> Int64? in Int64(number * 100 + 7) }
    }

    private func instant(_ number: Int) -> Timestamp { Timestamp(secondsSince1970: Double(number * 100)) }

    @Test("are the newest thirty, settled or not, the oldest first")
    func newest() {
        var history = OutcomeHistory()
        for number in (1...50).shuffled() { _ = history.fold(run(number), horizon: nil) }
        history.settle(before: instant(40), success: Self.success)
        #expect(history.lastRuns.map(\.time) == Self.completions(21...50))
        #expect(history.lastRuns.last == PastRun(result: "succeeded", time: 5007, duration: 7))
        for number in 51...60 { _ = history.fold(run(number), horizon: instant(40)) }
        #expect(history.lastRuns.map(\.time) == Self.completions(31...60))
    }

    @Test("do not depend on how the runs came in pieces")
    func pieces() {
        var whole = OutcomeHistory()
        var parts = OutcomeHistory()
        for number in 1...80 { _ = whole.fold(run(number), horizon: nil) }
        whole.settle(before: instant(60), success: Self.success)
        for piece in stride(from: 0, to: 80, by: 10) {
            for number in (piece + 1)...(piece + 10) {
                _ = parts.fold(run(number), horizon: instant(max(0, piece - 10)))
            }
            parts.settle(before: instant(min(60, max(0, piece))), success: Self.success)
        }
        parts.settle(before: instant(60), success: Self.success)
        #expect(parts == whole)
        #expect(whole.lastRuns.count == PastRuns.limit)
    }

    @Test("come back from the state file, invented words and unknown times too")
    func file() throws {
        var history = OutcomeHistory()
        var unknown = run(3, "abgebrochenÜber")
        unknown.isApproximate = true
        for run in [run(1), run(2, "failed"), unknown, run(9)] { _ = history.fold(run, horizon: nil) }
        history.settle(before: instant(5), success: Self.success)
        let read = try JSONDecoder().decode(OutcomeHistory.self, from: JSONEncoder().encode(history))
        #expect(read == history)
        #expect(read.lastRuns.map(\.result) == ["succeeded", "failed", "abgebrochenÜber", "succeeded"])
        #expect(read.lastRuns.map(\.time) == [107, 207, nil, 907])
    }

    @Test("a file of an older version has none of the settled ones, and is read")
    func olderFile() throws {
        let text =
            #"{"totals": {"failed": 2}, "itemsArchived": 0, "settled": {"consecutiveFailures": 2}, "recent": {}}"#
        let history = try JSONDecoder().decode(OutcomeHistory.self, from: Data(text.utf8))
        #expect(history.totals == ["failed": 2])
        #expect(history.lastRuns.isEmpty)
    }

    @Test(
        "what is not written as it should be is left out",
        arguments: [
            ("", 0), (";;", 0), ("succeeded", 0), (",1,2", 0), ("a,b,c", 1), ("succeeded,1,2;x", 1),
            (String(repeating: "failed,1,1;", count: 100), PastRuns.limit),
        ])
    func damaged(_ text: String, count: Int) throws {
        let runs = try JSONDecoder().decode(PastRuns.self, from: JSONEncoder().encode(text))
        #expect(runs.runs.count == count)
    }
}
