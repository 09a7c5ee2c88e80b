import Ledger
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The archives of the instances of a Service Provider Edition", .timeLimit(.minutes(1)))
struct ArchivesCollectorTests {
    private typealias Fake = FakeServiceProvider

    private func bench(
        _ rows: [String] = [Fake.row("a"), Fake.row("b")], time: ManualTime = ManualTime(),
        log: RecordingLog = RecordingLog(), state: StateDatabase? = nil,
        target: (inout TargetConfiguration) -> Void = { _ in }, change: (inout Configuration) -> Void = { _ in }
    ) throws -> TargetBench {
        let bench = try TargetBench(
            time: time, logger: log.logger, state: state,
            target: {
                $0.edition = .serviceProvider
                target(&$0)
            }, configuration: change)
        Fake.fill(bench.server, rows: rows)
        Fake.fillArchives(bench.server)
        return bench
    }

    private func collect(_ bench: TargetBench, after seconds: Int = 0) async {
        bench.time.advance(by: .seconds(seconds))
        await bench.collect(.environment, .instances, .stores, .jobs, .profiles, .users)
    }

    private func ids(_ bench: TargetBench, _ name: String) throws -> Set<String> {
        Set(try bench.page.all(name).compactMap { $0.labels["instance_id"] })
    }

    private func answer(_ bench: TargetBench, rows: String...) {
        bench.server.answer(.getInstances, .result("[\(rows.joined(separator: ","))]"))
    }

    @Test("have the families of a server, with the id of the instance, which every call names as the server writes it")
    func families() async throws {
        let bench = try bench([Fake.row("a"), Fake.row("Ä b")])
        await collect(bench)
        let page = try bench.page
        for id in ["a", "Ä b"] {
            #expect(page.value("mailstore_stores", ["instance_id": id]) == 1)
            #expect(page.value("mailstore_store_messages", ["instance_id": id, "store_id": "1"]) == 5)
            #expect(page.value("mailstore_users", ["instance_id": id]) == 1)
            #expect(page.value("mailstore_job_runs_total", ["instance_id": id, "result": "succeeded"]) == 1)
            #expect(page.state("mailstore_job_last_result", "result", ["instance_id": id]) == "succeeded")
            #expect(page.value("mailstore_profile_items_archived_total", ["instance_id": id]) == 4)
            #expect(page.has("mailstore_verification_runs_total", ["instance_id": id, "source": "job"]))
            #expect(page.value("mailstore_instance_up", ["instance_id": id]) == 1)
        }
        #expect(page.all("mailstore_collector_success").allSatisfy { $0.value == 1 })
        for function in [InformationalFunction.getStores, .getJobs, .getJobResults, .getWorkerResults, .getUsers] {
            #expect(Set(bench.server.calls(of: function).compactMap { $0.arguments["instanceID"] }) == ["a", "Ä b"])
        }
        #expect(bench.sink.duplicates == 0)
    }

    @Test("a stopped instance is not asked; without service provider access, stores are asked for alone")
    func notAsked() async throws {
        let bench = try bench([
            Fake.row("a"), Fake.row("closed"), Fake.row("off", #""status": "stopped", "processID": 0"#),
        ])
        bench.server.answer(
            .getArchiveAdminEnabled, .forInstances("closed", answer: .result("false"), others: .result("true")))
        await collect(bench)
        #expect(try ids(bench, "mailstore_store_messages") == ["a", "closed"])
        #expect(try ids(bench, "mailstore_job_enabled") == ["a"])
        #expect(try ids(bench, "mailstore_users") == ["a"])
        #expect(try bench.page.value("mailstore_instance_up", ["instance_id": "closed"]) == 1)
        #expect(!bench.server.calls.contains { $0.arguments["instanceID"] == "off" })
    }

    @Test("access that is taken away leaves the counters, and the rest until it is too old")
    func accessTakenAway() async throws {
        let bench = try bench()
        await collect(bench)
        bench.server.answer(
            .getArchiveAdminEnabled, .forInstances("a", answer: .result("false"), others: .result("true")))
        bench.server.answer(.getJobs, .forInstances("a", answer: .failed("AccessDenied"), others: .result("[]")))
        await collect(bench, after: 300)
        #expect(try ids(bench, "mailstore_job_enabled").isEmpty)
        #expect(try ids(bench, "mailstore_job_runs_total") == ["a"])
        #expect(try bench.page.value("mailstore_instance_up", ["instance_id": "a"]) == 1)
    }

    @Test(
        "one that fails or hangs costs its own data alone, and its values go when they are too old",
        arguments: [FakeAnswer.failed("X"), .broken(.timeout)])
    func failing(answer: FakeAnswer) async throws {
        let bench = try bench()
        await collect(bench)
        bench.server.answer(.getJobs, .forInstances("a", answer: answer, others: .result(#"[{"id": 7}]"#)))
        await collect(bench, after: 60)
        #expect(try ids(bench, "mailstore_job_enabled") == ["a"])
        #expect(try bench.page.value("mailstore_instance_up", ["instance_id": "a"]) == 0)
        #expect(try bench.page.value("mailstore_instance_up", ["instance_id": "b"]) == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "jobs"]) == 1)
        let last = try bench.page.all("mailstore_instance_last_collection_timestamp_seconds")
        #expect(last.first { $0.labels["instance_id"] == "b" }?.value == bench.time.now.secondsSince1970)
        #expect((last.first { $0.labels["instance_id"] == "a" }?.value ?? .infinity) < bench.time.now.secondsSince1970)
        await collect(bench, after: 240)
        #expect(try ids(bench, "mailstore_job_last_result") == ["b"])
        #expect(try ids(bench, "mailstore_job_runs_total") == ["a", "b"])
        #expect(try ids(bench, "mailstore_store_messages") == ["a", "b"])
    }

    @Test("a frozen instance lists no store: they are unknown then, and not gone")
    func frozen() async throws {
        let bench = try bench([Fake.row("a")])
        let verification =
            #"[{"jobResultId": 9, "jobId": 7, "action": "VerifyStores", "result": "failed","#
            + #""startTime": "2025-12-31T01:00:00", "completeTime": "2025-12-31T02:00:00"}]"#
        bench.server.answer(.getJobResults, .result(verification))
        await collect(bench)
        #expect(try bench.page.state("mailstore_verification_last_result", "result") == "failed")
        answer(bench, rows: Fake.row("a", #""status": "frozen", "processID": 7"#))
        bench.server.answer(.getStores, .result("[]"))
        await collect(bench, after: 300)
        let page = try bench.page
        #expect(page.value("mailstore_stores") == 0)
        #expect(!page.has("mailstore_store_messages"))
        #expect(page.state("mailstore_verification_last_result", "result") == "failed")
        #expect(page.value("mailstore_verification_runs_total", ["source": "job", "result": "failed"]) == 1)
        bench.server.answer(.getStores, .result(#"[{"id": 1, "name": "S", "statisticsCount": 6}]"#))
        await collect(bench, after: 300)
        #expect(try bench.page.value("mailstore_store_messages") == 6)
    }

    @Test("an instance that is gone leaves the page; when it returns, under whatever name and host, its counters go on")
    func returning() async throws {
        let bench = try bench()
        await collect(bench)
        answer(bench, rows: Fake.row("b"))
        await collect(bench, after: 300)
        #expect(try bench.page.series.allSatisfy { $0.labels["instance_id"] != "a" })
        #expect(try ids(bench, "mailstore_job_runs_total") == ["b"])
        answer(bench, rows: Fake.row("a", #""displayName": "New", "instanceHost": "HOST2""#), Fake.row("b"))
        Fake.fillArchives(bench.server, runs: 3)
        await collect(bench, after: 300)
        let page = try bench.page
        #expect(page.value("mailstore_instance_info", ["instance_id": "a", "host": "HOST2"]) == 1)
        #expect(page.value("mailstore_job_runs_total", ["instance_id": "a", "result": "succeeded"]) == 3)
        #expect(page.value("mailstore_profile_items_archived_total", ["instance_id": "a"]) == 12)
    }

    @Test("after a restart the counters of each instance go on, and no run is counted twice")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        func state() throws -> StateDatabase {
            try StateDatabase(in: folder.path, clock: time.clock, logger: RecordingLog().logger)
        }
        let first = try bench(time: time, state: try state())
        await collect(first)
        let second = try bench(time: time, state: try state())
        Fake.fillArchives(second.server, runs: 2)
        second.server.answer(.getJobResults, .forInstances("b", answer: .failed("X"), others: .result("[]")))
        await collect(second, after: 60)
        let page = try second.page
        for id in ["a", "b"] {
            #expect(page.value("mailstore_job_runs_total", ["instance_id": id, "result": "succeeded"]) == 1)
            #expect(page.value("mailstore_profile_runs_total", ["instance_id": id, "result": "succeeded"]) == 2)
        }
        #expect(try SavedState(directory: folder.path).keys().map(\.instance) == ["a", "b"])
    }

    @Test("after a restart while the server is away, the counters of its instances are there, and nothing else")
    func restartWhileAway() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        func state() throws -> StateDatabase {
            try StateDatabase(in: folder.path, clock: time.clock, logger: RecordingLog().logger)
        }
        let first = try bench(time: time, state: try state())
        await collect(first)
        let pattern = try InstancePattern(parsing: "b")
        let second = try bench(time: time, state: try state(), target: { $0.instances.exclude = [pattern] })
        for function in InformationalFunction.ofServiceProvider {
            second.server.answer(function, .broken(.connect))
        }
        await collect(second, after: 60)
        #expect(try second.page.value("mailstore_up") == 0)
        let page = try second.page
        #expect(page.value("mailstore_job_runs_total", ["instance_id": "a", "result": "succeeded"]) == 1)
        #expect(!page.has("mailstore_instance_info") && !page.has("mailstore_job_enabled"))
        #expect(!page.series.contains { $0.labels["instance_id"] == "b" })
        // An empty list is not believed at once, also by an exporter that has just started.
        Fake.fill(second.server, rows: [])
        await collect(second, after: 300)
        #expect(try ids(second, "mailstore_job_runs_total") == ["a"])
        Fake.fill(second.server)
        Fake.fillArchives(second.server, runs: 2)
        await collect(second, after: 300)
        #expect(try second.page.value("mailstore_job_runs_total", ["instance_id": "a", "result": "succeeded"]) == 2)
    }

    @Test("an instance whose state cannot be read is not collected, so that nothing is counted twice, and says why")
    func unreadableState() async throws {
        let time = ManualTime()
        let log = RecordingLog()
        let thread = StuckThread(time: time)
        thread.hang()
        let folder = try TemporaryFolder()
        let state = try StateDatabase(in: folder.path, clock: time.clock, logger: log.logger, writer: thread.thread)
        let bench = try bench([Fake.row("a")], time: time, log: log, state: state)
        async let run: Void = collect(bench)
        await time.waitForSleepers(1)
        time.advance(by: LedgerStore.patience)
        await run
        #expect(try bench.page.value("mailstore_instance_up") == 0)
        #expect(try ids(bench, "mailstore_instance_messages") == ["a"])
        #expect(bench.server.calls(of: .getJobResults).isEmpty)
        #expect(log.events.contains { $0.message.hasPrefix("the state of instances cannot be read") })
        thread.release()
        await thread.waitUntilCompleted(1)
        await collect(bench, after: 300)
        #expect(try bench.page.value("mailstore_instance_up") == 1)
        #expect(try ids(bench, "mailstore_job_runs_total") == ["a"])
    }

    @Test("with too little room for all series, instances are shown whole in the order of their ids")
    func budget() async throws {
        let log = RecordingLog()
        let all = try bench((1...9).map { Fake.row("i\($0)") })
        await collect(all)
        let each = try all.page.series.count { $0.labels["instance_id"] == "i1" }
        let bench = try bench(
            (1...9).map { Fake.row("i\($0)") }, log: log, change: { $0.limits.seriesPerTarget = 1200 })
        await collect(bench)
        let page = try bench.page
        #expect(page.series.count <= 1200)
        #expect(try ids(bench, "mailstore_instance_info").count == 9)
        let whole = try ids(bench, "mailstore_job_enabled")
        #expect((1...8).contains(whole.count) && whole == Set((1...whole.count).map { "i\($0)" }))
        #expect(page.series.count { $0.labels["instance_id"] == "i1" } == each)
        #expect(page.value("mailstore_target_series_limited") == 1)
        let line = try #require(log.events.first { $0.message.hasPrefix("series of the target are left out") })
        #expect(line.metadata["jobs"]?.hasPrefix("0 of ") == true)
    }

    @Test("the user's labels of instances are on a series for each, with those of the target")
    func labels() async throws {
        let bench = try bench(target: {
            $0.labels = TargetLabels(["tier": "gold"])
            $0.instances.labels = [
                .init(pattern: InstancePattern.all, labels: TargetLabels(["customer": "acme"]))
            ]
        })
        await collect(bench)
        #expect(
            try bench.page.all("mailstore_target_info").map(\.labels)
                == ["a", "b"].map {
                    ["target": "archive", "instance_id": $0, "tier": "gold", "customer": "acme"]
                })
    }
}
