import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("What cannot be used of a reply costs only itself")
struct OddCollectionTests {
    private let log = RecordingLog()

    private func bench() throws -> TargetBench {
        try TargetBench(logger: log.logger)
    }

    @Test("the other stores are shown, the collector succeeds, and the row is counted and named once")
    func oddRow() async throws {
        let bench = try bench()
        bench.server.answer(
            .getStores, .result(#"[{"id": 1, "statisticsCount": 10}, {"id": null, "statisticsCount": 5}]"#),
            .result(#"[7, {"id": 1, "statisticsCount": 10}, {"id": 2}, {"id":   null}]"#))
        await bench.collect(.stores)
        let skipped = ["function": "GetStores"]
        #expect(try bench.page.value("mailstore_store_messages", ["store_id": "1"]) == 10)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "stores"]) == 1)
        #expect(try bench.page.value("mailstore_api_skipped_rows_total", skipped) == 1)
        #expect(
            try bench.page.value("mailstore_api_errors_total", ["function": "GetStores", "reason": "bad_reply"]) == 0)
        let warnings = log.events.filter { $0.level >= .warning }
        #expect(warnings.map(\.message) == ["rows of a reply cannot be used and were left out"])
        #expect(warnings.first?.metadata["function"] == "GetStores" && warnings.first?.metadata["count"] == "1")
        #expect(
            warnings.first?.metadata["first"]?.hasPrefix(
                "result[1].id: expected a number or a string, found null (at byte ") == true)
        // The same flaw in another row is not logged again; a new one is the first of its reply, and is.
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_api_skipped_rows_total", skipped) == 3)
        #expect(log.events.filter { $0.level >= .warning }.count == 2)
        await bench.collect(.stores)
        #expect(log.events.filter { $0.level >= .warning }.count == 2)
    }

    @Test("an odd field costs its series alone, and the status page says so until the reply is in order again")
    func oddField() async throws {
        let bench = try bench()
        bench.server.answer(
            .getStores,
            .result(#"[{"id": 1, "name": "A", "statisticsCount": 10, "statisticsSize": [5], "needsUpgrade": "true"}]"#),
            .result(#"[{"id": 1, "name": "A", "statisticsCount": 10, "statisticsSize": "50"}]"#))
        await bench.collect(.stores)
        let labels = ["store_id": "1", "store_name": "A"]
        #expect(try bench.page.value("mailstore_store_messages", labels) == 10)
        #expect(try bench.page.value("mailstore_store_needs_upgrade", labels) == 1)
        #expect(try !bench.page.has("mailstore_store_size_bytes"))
        #expect(try bench.page.value("mailstore_api_skipped_rows_total", ["function": "GetStores"]) == 0)
        let warnings = try #require(bench.sink.page?.report?.collectors.first { $0.name == .stores }?.state.warnings)
        #expect(warnings.count == 1)
        #expect(
            warnings.first?.hasPrefix(
                "GetStores: fields of a reply cannot be used and count as unknown (1); the first: "
                    + "result[0].statisticsSize: expected a number, found an array") == true)
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_store_size_bytes", labels) == 50)
        #expect(bench.sink.page?.report?.collectors.first { $0.name == .stores }?.state.warnings == [])
    }

    @Test(
        "a run whose result cannot be used is counted, and never as a success",
        arguments: ["null", "[]", "{}", #""""#, #""failed", "result": "succeeded""#, "true", "3"])
    func unknownResult(result: String) async throws {
        let bench = try bench()
        bench.server.answer(.getJobs, .result(#"[{"id": 5, "enabled": true}]"#))
        bench.server.answer(
            .getJobResults,
            .result(
                #"""
                [{"jobResultId": 1, "jobId": 5, "startTime": "2025-12-31T01:00:00",
                "completeTime": "2025-12-31T02:00:00", "result": \#(result)},
                {"jobResultId": 2, "jobId": null, "result": "failed"}, 5]
                """#))
        await bench.collect(.jobs)
        let page = try bench.page
        #expect(page.all("mailstore_job_runs_total").reduce(0) { $0 + $1.value } == 1)
        #expect(page.value("mailstore_job_runs_total", ["result": "succeeded"]) == 0)
        #expect(page.value("mailstore_job_consecutive_failures", ["job_id": "5"]) == 1)
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "result"]) == 1)
        #expect(page.value("mailstore_api_skipped_rows_total", ["function": "GetJobResults"]) == 2)
        #expect(page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
    }

    @Test("a window whose only row is odd does not hold up the others")
    func onlyOddRuns() async throws {
        let bench = try bench()
        bench.server.answer(.getProfiles, .result(#"[{"id": 5}]"#))
        bench.server.answer(.getWorkerResults, .result(#"[{"id": 1, "result": "failed"}]"#))
        await bench.collect(.profiles)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "profiles"]) == 1)
        #expect(try bench.page.all("mailstore_profile_runs_total").allSatisfy { $0.value == 0 })
    }

    @Test("negative numbers that cannot be negative have no series")
    func negative() async throws {
        let bench = try bench()
        bench.server.answer(.getStores, .result(#"[{"id": 1, "statisticsCount": -1, "statisticsSize": "-1"}]"#))
        bench.server.answer(.getLicenseInformation, .result(#"{"namedUsers": 5, "maxNamedUsers": -1}"#))
        bench.server.answer(.getProfiles, .result(#"[{"id": 2}]"#))
        bench.server.answer(
            .getWorkerResults,
            .result(
                #"""
                [{"id": 1, "profileId": 2, "startTime": "2025-12-31T01:00:00", "completeTime": "2025-12-31T02:00:00",
                "itemsArchived": -1, "result": "succeeded"}]
                """#))
        await bench.collect(.license, .stores, .profiles)
        let page = try bench.page
        #expect(page.series.filter { $0.value < 0 } == [])
        #expect(page.value("mailstore_license_named_users") == 5 && !page.has("mailstore_license_max_named_users"))
        #expect(!page.has("mailstore_store_messages") && !page.has("mailstore_store_size_bytes"))
        #expect(page.value("mailstore_profile_items_archived_total") == 0)
        #expect(!page.has("mailstore_profile_last_items_archived"))
        #expect(log.events.filter { $0.level >= .warning }.isEmpty)
    }

    @Test("a list that is null says nothing: it is a failure, and the last values stay")
    func nullList() async throws {
        let bench = try bench()
        bench.server.answer(.getStores, .result(#"[{"id": 1}]"#), .result("null"))
        await bench.collect(.stores, .stores)
        #expect(try bench.page.value("mailstore_stores") == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "stores"]) == 0)
    }

    @Test("a function whose metadata are odd costs itself, and the row is counted")
    func metadata() async throws {
        let bench = try bench()
        bench.server.answer(
            metadata: .raw(#"[{"name": "GetServerInfo", "args": []}, {"args": []}, {"name": "GetStores"}]"#))
        await bench.collect(.server, .stores, .users)
        #expect(try bench.page.value("mailstore_collector_supported", ["collector": "stores"]) == 1)
        #expect(try bench.page.value("mailstore_collector_supported", ["collector": "users"]) == 0)
        #expect(try bench.page.value("mailstore_api_skipped_rows_total", ["function": "get-metadata"]) == 1)
        #expect(log.events.contains { $0.level == .warning && $0.metadata["function"] == "get-metadata" })
    }
}
