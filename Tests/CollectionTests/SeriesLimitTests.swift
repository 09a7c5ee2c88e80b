import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import Ledger

@Suite("A target shows at most as many series as the limit allows", .timeLimit(.minutes(1)))
struct SeriesLimitTests {
    private let log = RecordingLog()

    private func bench(limit: Int, rows: Int = 100_000) throws -> TargetBench {
        try TargetBench(
            logger: log.logger,
            configuration: { $0.limits = LimitSettings(rowsPerReply: rows, seriesPerTarget: limit) })
    }

    private func fill(_ server: FakeServer, stores: Int, jobs: Int, profiles: Int) {
        func list(_ count: Int, _ row: (Int) -> String) -> FakeAnswer {
            .result("[\((0..<count).map { row(count - $0) }.joined(separator: ","))]")
        }
        server.answer(
            .getStores,
            list(stores) { #"{"id": \#($0), "name": "s", "requestedState": "odd\#($0)", "statisticsCount": 1}"# })
        server.answer(
            .getJobs,
            list(jobs) {
                #"{"id": \#($0), "action": "\#($0 <= 2 ? "VerifyStores" : "CreateBackup")", "enabled": true}"#
            })
        server.answer(.getProfiles, list(profiles) { #"{"id": \#($0), "serverSideExecution": {"automatic": true}}"# })
        server.answer(
            .getJobResults,
            list(jobs) {
                #"""
                {"jobResultId": \#($0), "jobId": \#($0), "startTime": "2025-12-31T01:00:00", "result": "word\#($0 % 7)",
                "completeTime": "2025-12-31T02:00:00"}
                """#
            })
    }

    private func ids(_ page: ScrapedPage, _ family: String, _ label: String) -> [Int] {
        page.all(family).compactMap { $0.labels[label].flatMap { Int($0) } }.sorted()
    }

    @Test("whole items with the lowest ids are kept, and everything about the target", arguments: [1000, 2000, 5000])
    func cut(limit: Int) async throws {
        let bench = try bench(limit: limit)
        fill(bench.server, stores: 300, jobs: 100, profiles: 3)
        await bench.collect()
        let page = try bench.page
        #expect(page.series.count <= limit)
        #expect(page.value("mailstore_target_series_limited") == 1)
        for family in ["mailstore_server_info", "mailstore_active_sessions", "mailstore_api_requests_total"] {
            #expect(page.has(family))
        }
        #expect(page.value("mailstore_stores") == 300)
        // A kind that needs little has all of it.
        #expect(ids(page, "mailstore_profile_automatic", "profile_id") == [1, 2, 3])
        let stores = ids(page, "mailstore_store_messages", "store_id")
        let jobs = ids(page, "mailstore_job_enabled", "job_id")
        #expect(!stores.isEmpty && stores == Array(1...stores.count) && stores.count < 300)
        #expect(!jobs.isEmpty && jobs == Array(1...jobs.count) && jobs.count < 100)
        // All series of an item are shown, or none.
        for family in [
            "mailstore_store_state", "mailstore_verification_runs_total", "mailstore_verification_last_result",
        ] {
            #expect(Set(ids(page, family, "store_id")).isSubset(of: stores))
        }
        #expect(Set(ids(page, "mailstore_verification_runs_total", "store_id")) == Set(stores))
        for family in ["mailstore_job_runs_total", "mailstore_job_last_result", "mailstore_job_consecutive_failures"] {
            #expect(Set(ids(page, family, "job_id")) == Set(jobs))
        }
        // The next collections cut at the same place, without a further word.
        let lines = log.events.filter { $0.level >= .warning }.map(\.message)
        #expect(lines.filter { $0.hasPrefix("series of the target are left out") }.isEmpty == false)
        await bench.collect()
        let next = try bench.page
        #expect(ids(next, "mailstore_store_messages", "store_id") == stores)
        #expect(log.events.filter { $0.level >= .warning }.map(\.message) == lines)
    }

    @Test("nothing is left out below the limit, and all is shown again when the target shrinks")
    func belowLimit() async throws {
        let bench = try bench(limit: 5000)
        fill(bench.server, stores: 300, jobs: 0, profiles: 0)
        await bench.collect()
        #expect(try bench.page.value("mailstore_target_series_limited") == 1)
        fill(bench.server, stores: 20, jobs: 10, profiles: 10)
        await bench.collect()
        #expect(try bench.page.value("mailstore_target_series_limited") == 0)
        #expect(try ids(bench.page, "mailstore_store_messages", "store_id") == Array(1...20))
        #expect(log.events.last { $0.level >= .notice }?.message == "all series of the target are shown again")
    }

    @Test("a list with more rows than the limit is cut; how many stores there are is then unknown")
    func rows() async throws {
        let bench = try bench(limit: 1_000_000, rows: 1000)
        fill(bench.server, stores: 1001, jobs: 1000, profiles: 0)
        await bench.collect()
        let page = try bench.page
        #expect(page.value("mailstore_target_series_limited") == 1)
        #expect(!page.has("mailstore_stores"))
        #expect(page.all("mailstore_store_messages").count == 1000)
        #expect(page.all("mailstore_job_enabled").count == 1000)
        #expect(page.value("mailstore_collector_success", ["collector": "stores"]) == 1)
        #expect(page.value("mailstore_api_skipped_rows_total", ["function": "GetStores"]) == 0)
        #expect(
            log.events.filter { $0.level >= .warning }.map(\.message) == [
                "rows of a reply are beyond limits.rows_per_reply and were left out"
            ])
    }

    @Test("results with more rows than the limit are requested in smaller windows")
    func resultRows() async throws {
        let bench = try bench(limit: 1_000_000, rows: 1000)
        bench.server.answer(.getProfiles, .result(#"[{"id": 2}]"#))
        let row = { (day: Int, number: Int) in
            OutcomeReplies.profile(day * 1000 + number, of: 2, "\(day)T10:00", "\(day)T10:05", "succeeded")
        }
        bench.server.answer(
            .getWorkerResults,
            .result("[" + ((0..<600).map { row(26, $0) } + (0..<600).map { row(30, $0) }).joined(separator: ",") + "]"),
            .result("[" + (0..<600).map { row(26, $0) }.joined(separator: ",") + "]"),
            .result("[" + (0..<600).map { row(30, $0) }.joined(separator: ",") + "]"))
        await bench.collect(.profiles)
        #expect(try bench.page.value("mailstore_profile_runs_total", ["result": "succeeded"]) == 1200)
        #expect(bench.server.calls(of: .getWorkerResults).count == 3)
    }

    @Test("users beyond the limit make the collector fail: their number is unknown, not smaller")
    func users() async throws {
        let bench = try bench(limit: 1_000_000, rows: 1000)
        bench.server.answer(.getUsers, .result("[\(Array(repeating: "{}", count: 1001).joined(separator: ","))]"))
        await bench.collect(.users)
        #expect(try !bench.page.has("mailstore_users"))
        #expect(
            try bench.page.value("mailstore_api_errors_total", ["function": "GetUsers", "reason": "too_large"]) == 1)
        #expect(log.events.contains { $0.metadata["error"]?.contains("limits.rows_per_reply") == true })
    }
}

@Suite("The share of each kind of item in the series")
struct SeriesBudgetTests {
    private func budget(_ series: Int, stores: Int, jobs: Int, profiles: Int) -> [ItemKind: Int] {
        let counts: [ItemKind: Int] = [.store: stores, .job: jobs, .profile: profiles]
        let budget = SeriesBudget(
            series: series, demands: counts.mapValues { (count: $0, cost: 10) },
            ids: { kind in (0..<(counts[kind] ?? 0)).map { String($0) } })
        return counts.mapValues { _ in 0 }.merging(budget.limited.mapValues(\.shown)) { $1 }
            .merging(counts.filter { budget.limited[$0.key] == nil }) { $1 }
    }

    @Test("a kind that needs less leaves the rest to the others")
    func shares() {
        #expect(budget(300, stores: 10, jobs: 10, profiles: 10) == [.store: 10, .job: 10, .profile: 10])
        #expect(budget(299, stores: 10, jobs: 10, profiles: 10).values.sorted() == [9, 10, 10])
        #expect(budget(300, stores: 100, jobs: 2, profiles: 3) == [.store: 25, .job: 2, .profile: 3])
        #expect(budget(300, stores: 100, jobs: 2, profiles: 90) == [.store: 14, .job: 2, .profile: 14])
        #expect(budget(0, stores: 5, jobs: 0, profiles: 1) == [.store: 0, .job: 0, .profile: 0])
        #expect(budget(-50, stores: 1, jobs: 1, profiles: 1) == [.store: 0, .job: 0, .profile: 0])
    }

    @Test("the items with the lowest ids are shown, shorter ids first")
    func order() {
        let budget = SeriesBudget(
            series: 30, demands: [.store: (count: 5, cost: 10)], ids: { _ in ["2", "9", "10", "11", "x10"] })
        #expect(
            ["2", "9", "10", "11", "x10", "1", "3"].map { budget.shows(.store, $0) } == [
                true, true, true, false, false, true, true,
            ])
        #expect(budget.shows(.job, "999"))
        #expect(SeriesBudget().shows(.store, "5"))
    }
}
