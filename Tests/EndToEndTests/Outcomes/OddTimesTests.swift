import MailStoreSimulator
import Testing

@Suite("Dates that mean none")
struct UnknownTimesTests {
    @Test(
        "are no dates, wherever they stand: runs without a usable end are counted, and absent values are absent",
        arguments: Quirks.UnknownTime.allCases, [Quirks.Selection.start, .completion])
    func areNone(form: Quirks.UnknownTime, selection: Quirks.Selection) async throws {
        try await Scene.with { options in
            options.isAlive = false
            options.quirks.unknownTimes = form
            options.quirks.resultsSelectedBy = selection
        } _: { scene in
            let now = Int(scene.simulator.simulatedNow())
            scene.simulator.change { world in
                world.add(runOfJob: 1, startTime: now - 7300, completeTime: now - 7200, result: "succeeded")
                world.add(
                    runOfJob: 1, startTime: now - 900, completeTime: now - 600, result: "failed", unknownTimes: [.end])
                world.add(
                    runOf: 1, startTime: now - 900, completeTime: now - 600, result: "failed", itemsArchived: 3,
                    unknownTimes: [.start])
                // Nobody knows when it ran: it is counted, and is not the last run.
                world.add(runOf: 1, startTime: 0, completeTime: 0, result: "cancelled", unknownTimes: [.start, .end])
            }
            let world = scene.simulator.state()
            let page = try await scene.exporter.page(until: "the runs are counted") {
                $0.succeeded() && OutcomeCounts.on($0) == OutcomeCounts.of(world)
            }
            let job: KeyValuePairs = ["job_id": "1"]
            #expect(page.lastResult("job", job) == "failed")
            #expect(page.value("mailstore_job_consecutive_failures", job) == 1)
            #expect(page.value("mailstore_job_last_start_timestamp_seconds", job) == Double(now - 900))
            #expect(page.values("mailstore_job_last_completion_timestamp_seconds", job).isEmpty)
            #expect(page.values("mailstore_job_last_duration_seconds", job).isEmpty)
            #expect(page.value("mailstore_job_last_success_timestamp_seconds", job) == Double(now - 7200))
            let profile: KeyValuePairs = ["profile_id": "1"]
            #expect(page.lastResult("profile", profile) == "failed")
            #expect(page.values("mailstore_profile_last_start_timestamp_seconds", profile).isEmpty)
            #expect(page.value("mailstore_profile_last_completion_timestamp_seconds", profile) == Double(now - 600))
            #expect(page.values("mailstore_profile_last_duration_seconds", profile).isEmpty)
            #expect(page.value("mailstore_profile_last_nonzero_run_timestamp_seconds", profile) == Double(now - 600))
            for store in world.stores {
                #expect(page.lastResult("verification", ["store_id": String(store.id)]) == "failed")
            }
            // The schedule of a job without a date is not that of one that runs once.
            for job in world.jobs where job.enabled {
                let interval = page.value("mailstore_job_expected_interval_seconds", ["job_id": String(job.id)])
                #expect(interval ?? 0 >= 3600, "job \(job.id)")
            }
            let isDate = ![.null, .empty, .absent].contains(form)
            let odd = { page.value("mailstore_api_implausible_times_total", ["function": $0]) }
            #expect(odd("GetJobResults") == (isDate ? 1 : 0) && odd("GetWorkerResults") == (isDate ? 3 : 0))
            #expect(scene.exporter.log.contains("the runs are counted, the times are not used") == isDate)
            #expect(page.values("mailstore_api_skipped_rows_total").allSatisfy { $0 == 0 })

            // The next run is the last one, and nothing is counted again.
            scene.simulator.change { world in
                world.add(runOfJob: 1, startTime: now - 90, completeTime: now - 60, result: "succeeded")
                world.add(runOf: 1, startTime: now - 90, completeTime: now - 60, result: "succeeded")
            }
            let later = try await scene.exporter.page(until: "the next runs are counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(scene.simulator.state())
            }
            #expect(later.lastResult("job", job) == "succeeded" && later.lastResult("profile", profile) == "succeeded")
            #expect(later.value("mailstore_job_last_completion_timestamp_seconds", job) == Double(now - 60))
            try await scene.exporter.program.kill()
            let second = try await Exporter(configuration: scene.folder["config.yml"])
            try await second.page(until: "everything is collected again") { $0.succeeded() }
            #expect(OutcomeCounts.on(try await second.page()) == OutcomeCounts.of(scene.simulator.state()))
            #expect(try await second.stop() == .exit(0))
        }
    }

    @Test(
        "are none in the server's own zone too, and an offset makes times usable",
        arguments: [
            Quirks.TimeOffset.none, .letter, .number,
        ])
    func offsets(form: Quirks.TimeOffset) async throws {
        try await Scene.with { options in
            options.isAlive = false
            options.localTimeZone = "Pacific Standard Time"
            options.quirks.knowsUTC = false
            options.quirks.timeOffsets = form
            options.quirks.fractionalSeconds = true
            options.quirks.unknownTimes = .year1601
        } _: { scene in
            let now = Int(scene.simulator.simulatedNow())
            scene.simulator.change { world in
                world.add(runOfJob: 1, startTime: now - 900, completeTime: now - 600, result: "succeeded")
                world.add(
                    runOf: 1, startTime: now - 900, completeTime: now - 600, result: "failed", unknownTimes: [.end])
            }
            let page = try await scene.exporter.page(until: "the runs are counted") {
                $0.succeeded() && OutcomeCounts.on($0) == ["job 1 succeeded": 1, "profile 1 failed": 1]
            }
            let completion = page.value("mailstore_job_last_completion_timestamp_seconds", ["job_id": "1"])
            #expect(completion.map { $0.rounded(.down) } == (form == .none ? nil : Double(now - 600)))
            #expect(page.values("mailstore_profile_last_completion_timestamp_seconds").isEmpty)
            #expect(page.lastResult("profile", ["profile_id": "1"]) == "failed")
            #expect(page.value("mailstore_api_implausible_times_total", ["function": "GetWorkerResults"]) == 1)
        }
    }
}

@Suite("The future")
struct FutureTests {
    private static let day = 86_400
    private static let jobs: KeyValuePairs = ["job_id": "1"]
    private static let profiles: KeyValuePairs = ["profile_id": "1"]

    /// A run with one time in the future.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// How far the time lies ahead, in seconds.
        var ahead: Int
        var isStart = false
        var testDescription: String { name }
    }

    @Test(
        "is not believed: the failure after such a run is the last result again",
        arguments: [
            Case(name: "an end in two days", ahead: 2 * day), Case(name: "an end in two months", ahead: 60 * day),
            Case(name: "an end in the year 9999", ahead: 7970 * 365 * day),
            Case(name: "a start in two days", ahead: 2 * day, isStart: true),
            Case(name: "a start in the year 9999", ahead: 7970 * 365 * day, isStart: true),
        ])
    func isNotBelieved(_ future: Case) async throws {
        try await Scene.with { options in
            options.isAlive = false
            // The server lists the run by its other time.
            options.quirks.resultsSelectedBy = future.isStart ? .completion : .start
        } _: { scene in
            let now = Int(scene.simulator.simulatedNow())
            func addRuns(_ result: String, start: Int, end: Int) {
                scene.simulator.change { world in
                    world.add(runOfJob: 1, startTime: now + start, completeTime: now + end, result: result)
                    world.add(runOf: 1, startTime: now + start, completeTime: now + end, result: result)
                }
            }
            addRuns("succeeded", start: -7300, end: -7200)
            addRuns(
                "succeeded", start: future.isStart ? future.ahead : -3600,
                end: future.isStart ? -3000 : future.ahead)
            let before = try await scene.exporter.page(until: "the run with the future is counted") {
                $0.succeeded() && OutcomeCounts.on($0) == ["job 1 succeeded": 2, "profile 1 succeeded": 2]
            }
            addRuns("failed", start: -1800, end: -1200)
            // The stores' verifications are counted at the end of the reading, a moment after the run of the job.
            let page = try await scene.exporter.page(until: "the failure is counted, also for the stores") { page in
                OutcomeCounts.on(page) == OutcomeCounts.of(scene.simulator.state())
                    && (1...4).allSatisfy { page.lastResult("verification", ["store_id": String($0)]) == "failed" }
            }
            for page in [before, page] { #expect(page.instants(after: Double(now)) == []) }
            #expect(page.lastResult("job", Self.jobs) == "failed")
            #expect(page.lastResult("profile", Self.profiles) == "failed")
            #expect(page.value("mailstore_job_consecutive_failures", Self.jobs) == 1)
            #expect(page.value("mailstore_job_last_completion_timestamp_seconds", Self.jobs) == Double(now - 1200))
            // The end of the run with the future is only known if it is its start that is wrong.
            let success = Double(now - (future.isStart ? 3000 : 7200))
            #expect(page.value("mailstore_job_last_success_timestamp_seconds", Self.jobs) == success)
            for function in ["GetJobResults", "GetWorkerResults"] {
                #expect(page.value("mailstore_api_implausible_times_total", ["function": function]) == 1)
            }
            #expect(scene.exporter.log.contains("lie in the future: the runs are counted"))
        }
    }

    @Test("of less than a day is believed: a time zone may explain it")
    func nearFuture() async throws {
        try await Scene.with { options in
            options.isAlive = false
        } _: { scene in
            let now = Int(scene.simulator.simulatedNow())
            scene.simulator.change { world in
                world.add(runOfJob: 1, startTime: now - 900, completeTime: now - 600, result: "failed")
                world.add(runOfJob: 1, startTime: now - 300, completeTime: now + 50_000, result: "succeeded")
            }
            let page = try await scene.exporter.page(until: "the runs are counted") { page in
                page.succeeded() && OutcomeCounts.on(page) == OutcomeCounts.of(scene.simulator.state())
            }
            #expect(page.lastResult("job", Self.jobs) == "succeeded")
            #expect(page.value("mailstore_job_last_completion_timestamp_seconds", Self.jobs) == Double(now + 50_000))
            #expect(page.values("mailstore_api_implausible_times_total").allSatisfy { $0 == 0 })
        }
    }

    @Test(
        "or past that a wrong clock of the server shows costs no run, and ends with the error",
        arguments: [5 * 365, 20, 2, -2, -20, -5 * 365, -55 * 365], [false, true])
    func wrongClock(days: Int, isKilled: Bool) async throws {
        try await Scene.with { options in
            options.history = 3
        } _: { scene in
            let restart = { (exporter: Exporter) in
                guard isKilled else { return exporter }
                try await exporter.program.kill()
                return try await Exporter(configuration: scene.folder["config.yml"])
            }
            func counted(_ exporter: Exporter, _ what: String) async throws -> Page {
                let world = scene.simulator.state()
                return try await exporter.page(until: "\(what) is counted") {
                    $0.succeeded() && OutcomeCounts.on($0) == OutcomeCounts.of(world)
                }
            }
            _ = try await counted(scene.exporter, "the past")
            // The clock is set while some runs are under way, and set right while others are.
            scene.simulator.change { $0.clockError = days * Self.day }
            scene.simulator.advanceClock(by: 4 * 3600)
            let wrong = scene.simulator.state()
            let second = try await restart(scene.exporter)
            let during = try await counted(second, "what ran with the wrong clock")
            #expect(during.instants(after: wrong.now) == [])
            let skew = try #require(during.value("mailstore_api_clock_skew_seconds"))
            #expect(abs(skew - Double(days * Self.day)) < Double(Self.day))

            scene.simulator.change { $0.clockError = 0 }
            scene.simulator.advanceClock(by: 2 * 3600)
            scene.simulator.change { world in
                let now = Int(world.now)
                world.add(runOfJob: 1, startTime: now - 60, completeTime: now - 30, result: "failed")
                world.add(runOf: 1, startTime: now - 60, completeTime: now - 30, result: "failed")
            }
            let third = try await restart(second)
            let page = try await counted(third, "what ran with the right clock")
            let now = scene.simulator.simulatedNow()
            #expect(page.lastResult("job", Self.jobs) == "failed")
            #expect(page.lastResult("profile", Self.profiles) == "failed")
            #expect(
                page.value("mailstore_job_last_completion_timestamp_seconds", Self.jobs) == (now - 30).rounded(.down))
            #expect(page.instants(after: now) == [])
            for store in 1...4 { #expect(page.lastResult("verification", ["store_id": String(store)]) == "failed") }
            #expect(OutcomeCounts.items(on: page) == OutcomeCounts.items(of: scene.simulator.state()))
            // Read again, nothing is counted again.
            let again = try await Scene(folder: scene.folder, simulator: scene.simulator, exporter: third)
                .page(of: "GetWorkerResults")
            #expect(OutcomeCounts.on(again) == OutcomeCounts.of(scene.simulator.state()))
            #expect(third.log.contains("clock in the server's replies") || isKilled)
        }
    }

    @Test(
        "or past that a server shows when the exporter first reads it is no different",
        arguments: [5 * 365, 20, 2, -2, -20, -5 * 365, -55 * 365])
    func wrongAtFirst(days: Int) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 3 })
            defer { simulator.stop() }
            simulator.change { $0.clockError = days * Self.day }
            simulator.advanceClock(by: 4 * 3600)
            let exporter = try await Exporter(configuration: try Scene.configuration(for: simulator, in: folder))
            func counted(_ what: String) async throws -> Page {
                let world = simulator.state()
                return try await exporter.page(until: "\(what) is counted") {
                    $0.succeeded() && OutcomeCounts.on($0) == OutcomeCounts.of(world)
                }
            }
            _ = try await counted("what ran with either clock")
            simulator.advanceClock(by: 2 * 3600)
            _ = try await counted("what ran with the wrong clock later")
            simulator.change { $0.clockError = 0 }
            simulator.advanceClock(by: 2 * 3600)
            simulator.change { world in
                let now = Int(world.now)
                world.add(runOfJob: 1, startTime: now - 60, completeTime: now - 30, result: "failed")
            }
            let page = try await counted("what ran with the right clock")
            #expect(page.lastResult("job", Self.jobs) == "failed")
            #expect(page.instants(after: simulator.simulatedNow()) == [])
            #expect(try await exporter.stop() == .exit(0))
        }
    }
}
