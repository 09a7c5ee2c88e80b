import MailStoreSimulator
import Testing

@Suite("A server whose ids come again")
struct RestoredServerTests {
    /// Adds runs of a verification, a backup and a profile that ended within the last hour.
    private static func addRuns(_ world: inout World, _ result: String, minutesAgo: Int) {
        let end = Int(world.now) - minutesAgo * 60
        for job in [1, 3] {
            for second in [0, 30] {
                world.add(runOfJob: job, startTime: end - 90 + second, completeTime: end + second, result: result)
            }
        }
        for second in [0, 30] {
            world.add(
                runOf: 1, startTime: end - 90 + second, completeTime: end + second, result: result, itemsArchived: 7)
        }
    }

    @Test(
        "because its database was restored: the runs with known ids and other starts are counted, and the log says so",
        arguments: [Quirks.Selection.start, .completion], [true, false])
    func restored(selection: Quirks.Selection, isStopped: Bool) async throws {
        try await Scene.with { options in
            options.isAlive = false
            options.quirks.resultsSelectedBy = selection
        } _: { scene in
            scene.simulator.change { Self.addRuns(&$0, "succeeded", minutesAgo: 50) }
            let backup = scene.simulator.state()
            try await scene.exporter.page(until: "the first runs are counted") { page in
                OutcomeCounts.on(page) == ["job 1 succeeded": 2, "job 3 succeeded": 2, "profile 1 succeeded": 2]
            }
            scene.simulator.change { Self.addRuns(&$0, "succeeded", minutesAgo: 30) }
            let lost = scene.simulator.state()
            try await scene.exporter.page(until: "the runs that will be lost are counted") { page in
                OutcomeCounts.on(page) == ["job 1 succeeded": 4, "job 3 succeeded": 4, "profile 1 succeeded": 4]
            }
            if isStopped { #expect(try await scene.exporter.stop() == .exit(0)) }
            scene.simulator.change { world in
                world.restore(backup)
                Self.addRuns(&world, "failed", minutesAgo: 10)
            }
            let world = scene.simulator.state()
            try #require(world.jobRuns.map(\.id) == lost.jobRuns.map(\.id))
            try #require(world.profileRuns.map(\.id) == lost.profileRuns.map(\.id))

            let exporter = isStopped ? try await Exporter(configuration: scene.folder["config.yml"]) : scene.exporter
            let counts = [
                "job 1 succeeded": 4, "job 3 succeeded": 4, "profile 1 succeeded": 4, "job 1 failed": 2,
                "job 3 failed": 2, "profile 1 failed": 2,
            ]
            let page = try await exporter.page(until: "the failed runs are counted") {
                $0.succeeded() && OutcomeCounts.on($0) == counts
            }
            #expect(page.reusedIDs("GetJobResults") == 4 && page.reusedIDs("GetWorkerResults") == 2)
            #expect(page.reusedIDs("GetJobs") == 0 && page.reusedIDs("GetStores") == 0)
            for job in ["1", "3"] { #expect(page.lastResult("job", ["job_id": job]) == "failed") }
            #expect(page.lastResult("profile", ["profile_id": "1"]) == "failed")
            #expect(page.value("mailstore_profile_consecutive_failures", ["profile_id": "1"]) == 2)
            for store in world.stores {
                let label = String(store.id)
                #expect(page.lastResult("verification", ["store_id": label]) == "failed")
                let runs: KeyValuePairs = ["store_id": label, "source": "job", "result": "failed"]
                #expect(page.value("mailstore_verification_runs_total", runs) == 2)
            }
            #expect(exporter.log.contains("ids of runs occur again with other starts"))
            // Read again, nothing is counted again.
            let again = try await Scene(folder: scene.folder, simulator: scene.simulator, exporter: exporter)
                .page(of: "GetWorkerResults")
            #expect(OutcomeCounts.on(again) == counts)
            #expect(again.reusedIDs("GetJobResults") == 4 && again.reusedIDs("GetWorkerResults") == 2)
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    @Test(
        "because it was set up anew: no store, job or profile inherits anything from its predecessor",
        arguments: [
            false, true,
        ])
    func setUpAnew(isStopped: Bool) async throws {
        try await Scene.with { options in
            options.history = 15
        } _: { scene in
            let first = scene.simulator.state()
            let before = try await scene.exporter.page(until: "everything is collected") { page in
                page.succeeded() && OutcomeCounts.on(page) == OutcomeCounts.of(first)
            }
            let verified = "mailstore_verification_last_success_timestamp_seconds"
            try #require(before.values(verified).count >= 3)
            if isStopped { #expect(try await scene.exporter.stop() == .exit(0)) }
            scene.simulator.change { $0.setUpAnew() }
            let new = scene.simulator.state()
            let exporter = isStopped ? try await Exporter(configuration: scene.folder["config.yml"]) : scene.exporter
            let page = try await exporter.page(until: "the new ones are known") { page in
                page.reusedIDs("GetStores") == 4 && page.reusedIDs("GetJobs") == 8 && page.reusedIDs("GetProfiles") == 6
                    && page.succeeded()
            }
            for (store, name) in new.stores.map({ (String($0.id), $0.name) }) {
                #expect(page.value("mailstore_store_messages", ["store_id": store, "store_name": name]) == 0)
            }
            #expect(OutcomeCounts.on(page).isEmpty && OutcomeCounts.items(on: page) == 0)
            #expect(page.values("mailstore_job_runs_total").count >= before.values("mailstore_job_runs_total").count)
            #expect(page.values(verified).isEmpty && page.values("mailstore_verification_last_result").isEmpty)
            #expect(page.values("mailstore_verification_runs_total").allSatisfy { $0 == 0 })
            let log = exporter.log
            #expect(log.components(separatedBy: "an id belongs to another item than before").count - 1 == 18)
            #expect(log.contains("former_name=\"\(first.profiles[0].name)\""))

            // Later the new ones have runs with the old ids; the verification of the new stores fails.
            scene.simulator.advanceClock(by: 600)
            scene.simulator.change { world in
                let end = Int(world.now) - 60
                for job in world.jobs {
                    world.add(runOfJob: job.id, startTime: end - 30, completeTime: end, result: "failed")
                }
                world.add(runOf: 1, startTime: end - 30, completeTime: end, result: "failed", itemsArchived: 2)
            }
            let world = scene.simulator.state()
            let last = try await exporter.page(until: "the runs of the new ones are counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(world)
            }
            #expect(last.values(verified).isEmpty)
            for store in world.stores {
                #expect(last.lastResult("verification", ["store_id": String(store.id)]) == "failed")
            }
            #expect(OutcomeCounts.items(on: last) == OutcomeCounts.items(of: world))
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    @Test("because a store, a job and a profile were deleted: what gets their ids starts afresh, a rename does not")
    func deleted() async throws {
        try await Scene.with { options in
            options.history = 15
        } _: { scene in
            let first = scene.simulator.state()
            let before = try await scene.exporter.page(until: "everything is collected") { page in
                page.succeeded() && OutcomeCounts.on(page) == OutcomeCounts.of(first)
            }
            let verified = "mailstore_verification_last_success_timestamp_seconds"
            try #require(before.values(verified, ["store_id": "2"]).count == 1)
            scene.simulator.change { world in
                world.remove(store: 2)
                world.remove(profile: 1)
                world.rename(store: 1, to: "renamed store")
                world.rename(profile: 2, to: "renamed profile")
                world.rename(job: 4, to: "renamed job")
                // Another name and another command: another job, without any absence.
                world.add(SimulatedJob(id: 3, name: "other job", action: "CompactStore --id=1"))
            }
            try await scene.exporter.page(until: "the store and the profile are gone") { page in
                page.values("mailstore_store_messages", ["store_id": "2"]).isEmpty
                    && page.values("mailstore_profile_automatic", ["profile_id": "1"]).isEmpty
            }
            scene.simulator.change { world in
                world.add(SimulatedStore(id: 2, name: "new store"))
                world.add(SimulatedProfile(id: 1, name: "new profile"))
            }
            try await scene.exporter.page(until: "the new ones are shown") { page in
                page.values("mailstore_store_messages", ["store_name": "new store"]) == [0]
                    && page.values("mailstore_profile_automatic", ["profile_name": "new profile"]) == [1]
                    && page.values("mailstore_job_enabled", ["job_name": "other job"]) == [1]
            }
            // The server goes on to list the runs of those that are gone.
            let page = try await scene.page(of: "GetJobResults")
            var counts = OutcomeCounts.of(first)
            counts = counts.filter { !$0.key.hasPrefix("job 3 ") && !$0.key.hasPrefix("profile 1 ") }
            #expect(OutcomeCounts.on(page) == counts)
            for id in ["1", "3"] {
                #expect(
                    page.values(verified, ["store_id": id]) == before.values(verified, ["store_id": id]), "store \(id)")
            }
            #expect(page.values(verified, ["store_id": "2"]).isEmpty)
            #expect(page.lastResult("verification", ["store_id": "2"]) == nil)
            #expect(page.lastResult("job", ["job_id": "3"]) == nil)
            #expect(page.lastResult("profile", ["profile_id": "1"]) == nil)
            #expect(page.lastResult("profile", ["profile_name": "renamed profile"]) != nil)
            for function in ["GetStores", "GetJobs", "GetProfiles"] { #expect(page.reusedIDs(function) == 1) }
        }
    }
}

@Suite("A server that sends no ids of runs")
struct RunsWithoutIDTests {
    @Test(
        "counts each run once: those that begin in the same second too, if anything else tells them apart",
        arguments: [Quirks.RunID.zero, .null, .absent])
    func countedOnce(form: Quirks.RunID) async throws {
        try await Scene.with { options in
            options.history = 3
            options.quirks.runIDs = form
        } _: { scene in
            let first = scene.simulator.state()
            try await scene.exporter.page(until: "the past is counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(first)
            }
            scene.simulator.change { world in
                // The last one ends now: it is the newest, also where the server's own nightly run is just over.
                let start = Int(world.now) - 90
                for (end, result) in [(start + 60, "failed"), (start + 60, "cancelled"), (start + 90, "failed")] {
                    world.add(runOfJob: 3, startTime: start, completeTime: end, result: result)
                    world.add(runOf: 4, startTime: start, completeTime: end, result: result, itemsArchived: 1)
                }
                world.add(runOf: 4, startTime: start, completeTime: start + 60, result: "failed", itemsArchived: 2)
                // Two that are equal in everything.
                for _ in 0..<2 { world.add(runOf: 5, startTime: start, completeTime: start, result: "cancelled") }
            }
            let world = scene.simulator.state()
            let page = try await scene.exporter.page(until: "the new runs are counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(world)
            }
            #expect(page.succeeded())
            #expect(page.values("mailstore_api_skipped_rows_total").allSatisfy { $0 == 0 })
            #expect(page.values("mailstore_outcome_ids_reused_total").allSatisfy { $0 == 0 })
            #expect(OutcomeCounts.items(on: page) == OutcomeCounts.items(of: world))
            #expect(page.lastResult("job", ["job_id": "3"]) == "failed")

            try await scene.exporter.program.kill()
            let second = try await Exporter(configuration: scene.folder["config.yml"])
            try await second.page(until: "everything is collected again") { $0.succeeded() }
            let again = try await Scene(folder: scene.folder, simulator: scene.simulator, exporter: second)
                .page(of: "GetWorkerResults")
            #expect(OutcomeCounts.on(again) == OutcomeCounts.of(world))
            #expect(try await second.stop() == .exit(0))
        }
    }
}
