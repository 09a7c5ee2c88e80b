import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import Ledger

@Suite("The text of the command history")
struct HistoryWriterTests {
    /// 2026-01-01T00:00:00Z, where the clock stands.
    private static let now: Int64 = 1_767_225_600

    private func run(
        _ id: Int, of owner: String = "2", _ end: Int64, _ result: String, items: Int64 = 0
    ) -> PastServer.PastRun {
        .init(
            id: id, owner: owner, start: Self.now + end - 60, completion: Self.now + end, result: result,
            items: items)
    }

    private func profileBench(_ runs: [PastServer.PastRun], change: (inout Configuration) -> Void = { _ in }) throws
        -> HistoryBench
    {
        try HistoryBench(
            PastServer(
                profiles: #"[{"id": 2, "name": "Büro \"Süd\"", "serverSideExecution": {"automatic": true}}]"#,
                profileRuns: runs), change: change)
    }

    @Test("counters begin at 0 a step before the first run, and a state begins with the first run")
    func samples() async throws {
        let bench = try profileBench([run(7, -5000, "succeeded", items: 5), run(8, -3600, "failed")])
        let page = try await bench.history(since: "3h", ledger: nil)
        let labels = #"job="mailstore",instance="a:1",target="archive",profile_id="2",profile_name="Büro \"Süd\"""#
        func lines(_ name: String, _ more: String, _ values: [(Double, Int64)]) -> [String] {
            values.map { "\(name){\(labels)\(more)} \(Int($0.0)) \(Self.now + $0.1)" }
        }
        let runs = page.lines("mailstore_profile_runs_total")
        #expect(runs.count == 7 * 3)
        #expect(
            runs.prefix(3)
                == lines(
                    "mailstore_profile_runs_total", #",result="succeeded""#, [(0, -7200), (1, -3600), (1, 0)])[...])
        #expect(
            runs.filter { $0.contains(#""failed""#) }
                == lines("mailstore_profile_runs_total", #",result="failed""#, [(0, -7200), (1, -3600), (1, 0)]))
        #expect(
            page.lines("mailstore_profile_items_archived_total")
                == lines("mailstore_profile_items_archived_total", "", [(0, -7200), (5, -3600), (5, 0)]))
        #expect(
            page.lines("mailstore_profile_last_result").filter { $0.contains(#""failed""#) }
                == lines("mailstore_profile_last_result", #",result="failed""#, [(1, -3600), (1, 0)]))
        #expect(
            page.lines("mailstore_profile_last_success_timestamp_seconds")
                == lines(
                    "mailstore_profile_last_success_timestamp_seconds", "",
                    [(Double(Self.now - 5000), -3600), (Double(Self.now - 5000), 0)]))
        #expect(
            page.lines("mailstore_profile_last_failure_timestamp_seconds")
                == lines(
                    "mailstore_profile_last_failure_timestamp_seconds", "",
                    [(Double(Self.now - 3600), -3600), (Double(Self.now - 3600), 0)]))
        #expect(page.text.hasSuffix("\n# EOF\n"))
        #expect(page.text.contains("# TYPE mailstore_profile_runs counter\nmailstore_profile_runs_total{"))
        #expect(page.text.contains("# UNIT mailstore_profile_last_duration_seconds seconds\n"))
    }

    @Test("hidden names stay hidden")
    func hiddenNames() async throws {
        let bench = try profileBench([run(7, -5000, "succeeded")]) { $0.hideNames = true }
        let page = try await bench.history(since: "3h", ledger: nil)
        #expect(!page.samples.isEmpty)
        #expect(page.samples.keys.allSatisfy { $0.labels["profile_name"] == nil && $0.labels["profile_id"] == "2" })
    }

    @Test("completedWithErrors is a success where the configuration says so", arguments: [true, false])
    func successRule(isSuccess: Bool) async throws {
        let bench = try profileBench([run(7, -5000, "completedWithErrors")]) {
            $0.outcomes.completedWithErrorsIsSuccess = isSuccess
        }
        let page = try await bench.history(since: "3h", ledger: nil)
        #expect(page.lines("mailstore_profile_last_success_timestamp_seconds").isEmpty == !isSuccess)
        #expect(page.value("mailstore_profile_consecutive_failures", at: Self.now) == (isSuccess ? 0 : 1))
    }

    @Test("a result that nobody knows has a counter, and a state only while it is the last")
    func unknownResult() async throws {
        let bench = try profileBench([run(7, -7000, "Brand-New"), run(8, -3000, "succeeded")])
        let page = try await bench.history(since: "3h", ledger: nil)
        let labels = ["result": "brandNew"]
        let runs = page.samples.first {
            $0.key.name == "mailstore_profile_runs_total" && $0.key.labels["result"] == "brandNew"
        }
        #expect(runs?.value.map(\.value) == [0, 1, 1])
        #expect(page.value("mailstore_profile_last_result", labels, at: Self.now - 3600) == 1)
        #expect(page.value("mailstore_profile_last_result", labels, at: Self.now) == nil)
    }

    @Test("what is gone from the server ends with its last run, under the name it had")
    func unlisted() async throws {
        let bench = try profileBench([run(7, of: "9", -9000, "failed"), run(8, of: "9", -7300, "succeeded")])
        let page = try await bench.history(since: "4h", ledger: nil)
        let labels = ["profile_id": "9", "profile_name": "as it was", "result": "succeeded"]
        #expect(page.value("mailstore_profile_runs_total", labels, at: Self.now - 7200) == 1)
        #expect(page.value("mailstore_profile_runs_total", labels, at: Self.now - 3600) == nil)
        #expect(page.value("mailstore_profile_consecutive_failures", at: Self.now - 3600) == nil)
    }

    @Test("a job's verification counts for each store that it looked at")
    func verifications() async throws {
        let bench = try HistoryBench(
            PastServer(
                jobs: #"""
                    [{"id": 1, "name": "All", "action": "VerifyStores"},
                    {"id": 2, "name": "One", "action": "VerifyStore --id=4"}]
                    """#,
                stores: #"[{"id": 3, "name": "Old"}, {"id": 4, "name": "New"}]"#,
                jobRuns: [run(7, of: "1", -9000, "succeeded"), run(8, -5000, "failed"), run(9, -1000, "succeeded")]))
        let page = try await bench.history(since: "4h", ledger: nil)
        func runs(_ store: String, _ result: String) -> [Double]? {
            page.samples.first {
                $0.key.name == "mailstore_verification_runs_total"
                    && $0.key.labels == [
                        "target": "archive", "store_id": store, "store_name": store == "3" ? "Old" : "New",
                        "source": "job", "result": result,
                    ]
            }?.value.map(\.value)
        }
        #expect(runs("3", "succeeded") == [0, 1, 1, 1])
        #expect(runs("4", "succeeded") == [0, 1, 1, 2])
        #expect(runs("4", "failed") == [0, 0, 1, 1])
        let failed = ["store_id": "4", "result": "failed"]
        #expect(page.value("mailstore_verification_last_result", failed, at: Self.now - 3600) == 1)
        #expect(page.samples.keys.allSatisfy { $0.labels["source"] != "exporter" })
        #expect(page.lines("mailstore_verification_consecutive_failures").isEmpty)
    }
}

@Suite("The estimate of the size")
struct HistorySizeTests {
    @Test("is close before the samples are computed")
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
        "is a warning above 20 million samples",
        arguments: [(0, nil), (20_000_000, nil), (20_000_001, "20 million"), (1_234_567_890, "1234 million")])
    func warning(samples: Int, says: String?) {
        let warning = HistorySize(samples: samples, step: .minutes(5)).warning
        #expect((warning != nil) == (says != nil))
        guard let warning, let says else { return }
        #expect(warning.contains("about \(says) samples"))
        #expect(warning.contains("--step longer than 5m"))
    }
}
