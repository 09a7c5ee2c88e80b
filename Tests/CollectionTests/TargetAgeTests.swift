import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection

@Suite("Values age honestly", .timeLimit(.minutes(1)))
struct TargetAgeTests {
    private func failingBench() async throws -> TargetBench {
        let bench = try TargetBench()
        bench.server.answer(.getStores, .result(#"[{"id": 1, "statisticsCount": 5}]"#), .status(500))
        bench.server.answer(.getJobs, .result(#"[{"id": 7, "enabled": true}]"#), .status(500))
        bench.server.answer(
            .getJobResults,
            .result(
                #"""
                [{"jobResultId": 1, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-31T01:00:00",
                "completeTime": "2025-12-31T02:00:00", "result": "succeeded"}]
                """#))
        await bench.collect(.server, .stores, .jobs)
        return bench
    }

    @Test("after five intervals without success the series vanish; counters and the collectors' own facts stay")
    func vanishing() async throws {
        let bench = try await failingBench()
        // At the age of five intervals of a minute, not before it.
        bench.time.advance(by: .seconds(300) - .nanoseconds(1))
        await bench.collect(.jobs)
        #expect(try bench.page.has("mailstore_job_enabled"))
        bench.time.advance(by: .nanoseconds(1))
        await bench.collection.publish()
        let page = try bench.page
        #expect(!page.has("mailstore_job_enabled"))
        #expect(!page.has("mailstore_job_last_result"))
        #expect(!page.has("mailstore_verification_last_result"))
        #expect(page.value("mailstore_job_runs_total", ["result": "succeeded"]) == 1)
        #expect(page.value("mailstore_verification_runs_total", ["source": "job", "result": "succeeded"]) == 1)
        #expect(page.value("mailstore_collector_success", ["collector": "jobs"]) == 0)
        #expect(page.has("mailstore_collector_last_success_timestamp_seconds", ["collector": "jobs"]))
        #expect(page.has("mailstore_up"))
        // The stores are asked for every five minutes, so they live longer.
        #expect(page.value("mailstore_store_messages") == 5)
    }

    @Test("values are too old at their age, not a moment before")
    func boundary() async throws {
        let bench = try await failingBench()
        bench.time.advance(by: .seconds(1500) - .nanoseconds(1))
        await bench.collection.publish()
        #expect(try bench.page.has("mailstore_store_messages"))
        bench.time.advance(by: .nanoseconds(1))
        await bench.collection.publish()
        #expect(try !bench.page.has("mailstore_store_messages"))
        #expect(try !bench.page.has("mailstore_stores"))
    }

    @Test("a clock that is corrected ages nothing")
    func wallClock() async throws {
        let bench = try await failingBench()
        bench.time.now = bench.time.now + .seconds(86_400 * 365)
        await bench.collection.publish()
        #expect(try bench.page.has("mailstore_store_messages"))
    }

    @Test("they come back with the next success")
    func comingBack() async throws {
        let bench = try await failingBench()
        bench.time.advance(by: .seconds(1500))
        await bench.collection.publish()
        bench.server.answer(.getStores, .result(#"[{"id": 1, "statisticsCount": 6}]"#))
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_store_messages") == 6)
    }
}
