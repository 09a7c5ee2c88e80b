import MailStoreSimulator
import Testing

@Suite("Results of very many jobs that the server does not list")
struct UnlistedJobsTests {
    private func runs(_ page: Page) -> Double { page.values("mailstore_job_runs_total").reduce(0, +) }

    private func skipped(_ page: Page) -> Double? {
        page.value("mailstore_api_skipped_rows_total", ["function": "GetJobResults"])
    }

    private func lastSuccess(_ page: Page) -> Double {
        page.value("mailstore_collector_last_success_timestamp_seconds", ["collector": "jobs"]) ?? 0
    }

    @Test("are left out, counted and logged; listed jobs count on, and no run counts twice when it is over")
    func areLeftOut() async throws {
        try await Scene.with { options in
            options.history = 3
        } configure: { configuration in
            configuration.collection["timeout"] = "30s"
            configuration.targets[0].more = ["collectors: [jobs]"]
        } _: { scene in
            let before = try await scene.exporter.page(until: "the jobs are collected") {
                $0.value("mailstore_collector_success", ["collector": "jobs"]) == 1 && runs($0) > 0
            }
            #expect(skipped(before) == 0)
            scene.simulator.inject(.manyRows(12_000), for: "GetJobResults")
            let during = try await scene.exporter.page(until: "rows are left out") { skipped($0) ?? 0 > 0 }
            #expect(runs(during) == runs(before))
            #expect(during.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
            #expect(scene.exporter.log.contains("runs belong to jobs or profiles that the server does not list"))

            scene.simulator.change { world in
                let now = Int(world.now)
                world.add(runOfJob: 1, startTime: now - 60, completeTime: now - 30, result: "failed")
            }
            let later = try await scene.exporter.page(until: "a run of a listed job counts") {
                runs($0) > runs(before)
            }
            scene.simulator.clearFaults()
            // A reading that was under way may still leave rows out.
            let over = try await scene.exporter.page(until: "the jobs are read again") {
                lastSuccess($0) > lastSuccess(later) + 2
            }
            let after = try await scene.exporter.page(until: "the jobs are read once more") {
                lastSuccess($0) > lastSuccess(over)
            }
            #expect(runs(after) == runs(before) + 1)
            #expect(skipped(after) == skipped(over))
        }
    }
}
