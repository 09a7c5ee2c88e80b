import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Ledger
@testable import OperatingSystem

@Suite("The past and the exporter's own counters together count every run once")
struct HistoryCountingTests {
    private static let results = ["succeeded", "failed", "completedWithErrors", "Invented"]

    /// Made-up runs of the days before and after an instant.
    private static func runs(
        of owners: [String], around now: Int64, _ random: inout SeededRandom
    ) -> [PastServer.PastRun] {
        var runs: [PastServer.PastRun] = []
        for owner in owners {
            // Runs that crowd around the beginning of the lookback are the dangerous ones.
            let near = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                now - 35 * 86_400 + Int64.random(in: -7200...7200, using: &random)
            }
            let far = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                now - Int64.random(in: -20 * 86_400...90 * 86_400, using: &random)
            }
            for end in near + far {
                let length = Int64.random(in: 0...9000, using: &random)
                runs.append(
                    .init(
                        id: runs.count + 1, owner: owner, start: end - length, completion: end,
                        result: random.pick(results), items: Int64.random(in: 0...9, using: &random)))
            }
        }
        return runs.shuffled(using: &random)
    }

    /// How much Prometheus takes a counter to have grown: what it fell by is a reset.
    private static func increase(_ values: [Double]) -> Double {
        zip(values, values.dropFirst()).reduce(0) { $0 + ($1.1 < $1.0 ? $1.1 : $1.1 - $1.0) }
    }

    @Test("whichever time a server goes by", arguments: PastServer.Selection.allCases, 0..<10)
    func once(selection: PastServer.Selection, seed: Int) async throws {
        var random = SeededRandom(seed: seed)
        let first = 1_767_225_600 + Int64.random(in: 0..<100_000, using: &random)
        let time = ManualTime(now: Timestamp(secondsSince1970: Double(first)))
        let jobRuns = Self.runs(of: ["1", "2", "3"], around: first, &random)
        let profileRuns = Self.runs(of: ["1", "2", "9"], around: first, &random)
        let bench = try HistoryBench(
            PastServer(
                time: time,
                jobs: #"""
                    [{"id": 1, "name": "All", "action": "VerifyStores"},
                    {"id": 2, "name": "One", "action": "VerifyStore --id=4"}, {"id": 3, "action": "CreateBackup"}]
                    """#,
                profiles: #"[{"id": 1, "name": "One"}, {"id": 2, "name": "Two"}]"#,
                stores: #"[{"id": 3, "name": "Old"}, {"id": 4, "name": "New"}]"#,
                jobRuns: jobRuns, profileRuns: profileRuns, selection: selection))
        let page = try await bench.collect()
        // The command is given some time after the exporter was started, and the exporter has gone on counting.
        time.advance(by: .seconds(random.pick([10, 3000, 86_400, 12 * 86_400])))
        _ = try await bench.collect()
        let since = random.pick(["60d", "36d", "35d", "20d"])
        let step = random.pick([86_400, 21_600] as [Int64])
        let past = try await bench.history(since: since, step: step, ledger: await bench.ledger)

        let start = SampleTimes.start(
            try HistoryTime(parsing: since).instant(at: time.now), step: step)
        for (kind, runs) in [("job", jobRuns), ("profile", profileRuns)] {
            let owners = kind == "job" ? ["1", "2", "3"] : ["1", "2"]
            for owner in owners {
                for result in Self.results {
                    let word = result == "Invented" ? "invented" : result
                    let labels = ["\(kind)_id": owner, "result": word]
                    let name = "mailstore_\(kind)_runs_total"
                    let own = page.value(name, labels) ?? 0
                    let series = past.samples.first { $0.key.name == name && $0.key.has(labels) }
                    let values = series?.value.map(\.value) ?? []
                    // Where the exporter counts from before the first time, the first value holds what came before.
                    let told = runs.filter { run in
                        let instant = selection == .start ? run.start : run.completion
                        let isOwn = run.owner == owner && run.result == result
                        return isOwn && run.completion <= first && instant >= start
                    }
                    if start <= first - 36 * 86_400, !told.isEmpty {
                        #expect(Self.increase(values + [own]) == Double(told.count), "\(kind) \(labels)")
                    }
                    // The last backfilled value is the first that was scraped.
                    if let last = values.last { #expect(last == own, "\(kind) \(labels)") }
                }
            }
        }
        // By starts, the past knows runs across the beginning of the lookback that the exporter does not.
        if selection == .completion { compare(past, with: page) }
        #expect(past.samples.values.allSatisfy { ($0.last?.time ?? 0) <= first })
        #expect(
            past.samples.values.allSatisfy { samples in
                zip(samples, samples.dropFirst()).allSatisfy { $0.time < $1.time }
            })
        #expect(bench.warnings.isEmpty)
    }

    /// Every series that goes up to the end is on the exporter's first page, with the same value.
    private func compare(_ past: PastPage, with page: ScrapedPage) {
        let served = Dictionary(uniqueKeysWithValues: page.series.map { ($0.key, $0.value) })
        let end = past.samples.values.compactMap(\.last?.time).max()
        for (key, samples) in past.samples {
            guard let last = samples.last, last.time == end else { continue }
            // What ended before the lookback, and failures that reach behind it, the exporter does not know.
            guard let value = served[key] else { continue }
            if key.name.hasSuffix("consecutive_failures") {
                #expect(last.value >= value, "\(key)")
            } else {
                #expect(last.value == value, "\(key)")
            }
        }
        let runs = past.samples.keys.filter { $0.name == "mailstore_verification_runs_total" }
        #expect(!runs.isEmpty)
        // A word that is no known one has a series on the page from its first run on.
        #expect(runs.allSatisfy { $0.labels["result"] == "invented" || served[$0] != nil })
    }

    @Test("where a server goes by starts, a run across the beginning of the lookback is counted before it")
    func across() async throws {
        let beginning: Int64 = 1_767_225_600 - 35 * 86_400
        let bench = try HistoryBench(
            PastServer(
                profiles: #"[{"id": 1, "name": "One"}]"#,
                profileRuns: [
                    .init(
                        id: 1, owner: "1", start: beginning - 60, completion: beginning + 7200, result: "failed",
                        items: 3)
                ], selection: .start))
        let page = try await bench.collect()
        #expect(page.value("mailstore_profile_items_archived_total") == 0)
        let past = try await bench.history(since: "40d", step: 3600, ledger: await bench.ledger)
        let items = past.samples.first { $0.key.name == "mailstore_profile_items_archived_total" }?.value ?? []
        #expect(items.first?.value == 0)
        #expect(items.filter { $0.value != 0 }.map(\.time) == [beginning - 1])
        #expect(Self.increase(items.map(\.value)) == 3)
    }

    @Test("without a ledger there is one stretch up to now")
    func noLedger() async throws {
        var random = SeededRandom(seed: 1)
        let now = Int64(1_767_225_600)
        let runs = Self.runs(of: ["1"], around: now, &random)
        let bench = try HistoryBench(
            PastServer(profiles: #"[{"id": 1, "name": "One"}]"#, profileRuns: runs))
        let past = try await bench.history(since: "60d", ledger: nil)
        let failed = runs.filter { $0.result == "failed" && $0.completion <= now && $0.completion >= now - 60 * 86_400 }
        try #require(failed.count > 3)
        let values =
            past.samples.first {
                $0.key.name == "mailstore_profile_runs_total" && $0.key.labels["result"] == "failed"
            }?.value.map(\.value) ?? []
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(values.first == 0)
        #expect(values.last == Double(failed.count))
    }

    @Test("a ledger of an older version, which did not note its first reading, ends a lookback after its beginning")
    func oldLedger() throws {
        var plan = ReadingPlan()
        let reach = ReadingPlan.Reach(lookback: .seconds(86_400), overlap: .seconds(60), first: .seconds(5 * 86_400))
        let now = Timestamp(secondsSince1970: 1_767_225_630)
        plan.wasRead(plan.window(at: now, reach: reach).window, at: now)
        #expect(Cutover(plan, firstReach: .seconds(5 * 86_400))?.firstReading == now)
        let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        let older = text.replacing(/"firstReading":[0-9.]+,?/, with: "")
        try #require(older != text)
        plan = try JSONDecoder().decode(ReadingPlan.self, from: Data(older.utf8))
        #expect(
            Cutover(plan, firstReach: .seconds(5 * 86_400))?.firstReading
                == Timestamp(secondsSince1970: 1_767_225_600))
    }

    @Test(
        "a server whose clock is ahead has its end moved back to this machine's",
        arguments: [(90.0, -90.0), (-90, 0)])
    func skew(skew: Double, shift: Double) throws {
        var plan = ReadingPlan()
        let now = Timestamp(secondsSince1970: 1_767_225_630)
        plan.wasRead(TimeWindow(covering: now - .seconds(60), to: now), at: now)
        let cutover = try #require(Cutover(plan, firstReach: .zero))
        #expect(cutover.end(skew: skew) == now + .seconds(shift))
    }
}
