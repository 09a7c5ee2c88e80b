import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Ledger

@Suite("How much the command history is going to write")
struct HistorySizeTests {
    @Test("is known well enough before it is worked out")
    func estimate() async throws {
        let now: Int64 = 1_767_225_600
        // A profile that is gone, results that nobody knows, and one that ran for the first time lately.
        let runs = (0..<400).map { number in
            PastServer.PastRun(
                id: number + 1, owner: ["1", "2", "9"][number % 3], start: now - Int64(number) * 7200 - 60,
                completion: now - Int64(number) * 7200, result: number % 7 == 0 ? "Invented" : "succeeded",
                items: 1)
        }
        let bench = try HistoryBench(
            PastServer(
                jobs: #"[{"id": 1, "action": "VerifyStores"}, {"id": 2, "action": "CreateBackup"}]"#,
                profiles: #"[{"id": 1, "name": "One"}, {"id": 2, "name": "Two"}]"#, stores: #"[{"id": 3}]"#,
                jobRuns: runs,
                profileRuns: runs + [
                    .init(id: 999, owner: "5", start: now - 700, completion: now - 600, result: "failed")
                ]))
        let history = try await bench.past(since: "30d", ledger: nil)
        let lines = try await bench.history(since: "30d", ledger: nil).text.split(separator: "\n")
        let samples = lines.count { !$0.hasPrefix("#") }
        try #require(samples > 10_000)
        let size = HistorySize(of: [history], step: .hours(1))
        #expect((0.98...1.1).contains(Double(size.samples) / Double(samples)), "\(size.samples) for \(samples)")
        #expect(HistorySize(of: [history, history], step: .hours(1)).samples == 2 * size.samples)
    }

    @Test(
        "is told above 20 million samples",
        arguments: [(0, nil), (20_000_000, nil), (20_000_001, "20 million"), (1_234_567_890, "1234 million")])
    func warning(samples: Int, says: String?) {
        let warning = HistorySize(samples: samples, step: .minutes(5)).warning
        #expect((warning != nil) == (says != nil))
        guard let warning, let says else { return }
        #expect(warning.contains("about \(says) samples"))
        #expect(warning.contains("--step longer than 5m"))
    }
}
