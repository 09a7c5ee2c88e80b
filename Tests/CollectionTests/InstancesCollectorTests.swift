import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The instances of a Service Provider Edition", .timeLimit(.minutes(1)))
struct InstancesCollectorTests {
    private typealias Fake = FakeServiceProvider

    private func bench(
        _ rows: [String] = [Fake.row("a"), Fake.row("b")], log: RecordingLog = RecordingLog(),
        selection: InstanceSelection = InstanceSelection(), change: (inout Configuration) -> Void = { _ in }
    ) throws -> TargetBench {
        let bench = try TargetBench(
            logger: log.logger,
            target: {
                $0.edition = .serviceProvider
                $0.instances = selection
            }, configuration: change)
        Fake.fill(bench.server, rows: rows)
        return bench
    }

    /// Lets an interval pass, and collects.
    private func next(_ bench: TargetBench) async {
        bench.time.advance(by: .seconds(300))
        await bench.collect(.environment, .instances)
    }

    private func ids(_ page: ScrapedPage, _ name: String = "mailstore_instance_info") -> Set<String> {
        Set(page.all(name).compactMap { $0.labels["instance_id"] })
    }

    private func answer(_ bench: TargetBench, rows: String...) {
        bench.server.answer(.getInstances, .result("[\(rows.joined(separator: ","))]"))
    }

    @Test("a running instance has all its facts")
    func complete() async throws {
        let bench = try bench([Fake.row("a")])
        await bench.collect(.environment, .instances)
        let page = try bench.page
        let info = ["instance_id": "a", "instance_name": "Customer a", "alias": "k", "host": "HOST1"]
        #expect(page.value("mailstore_instance_info", info) == 1)
        #expect(page.value("mailstore_instance_up") == 1)
        #expect(page.state("mailstore_instance_status", "status") == "running")
        #expect(page.value("mailstore_instance_start_stop_error") == 0)
        #expect(page.value("mailstore_instance_provider_access") == 1)
        #expect(page.value("mailstore_instance_can_archive") == 1)
        #expect(page.value("mailstore_instance_last_collection_timestamp_seconds") == bench.time.now.secondsSince1970)
        #expect(page.value("mailstore_instance_messages") == 12)
        #expect(page.value("mailstore_instance_size_bytes", ["part": "content"]) == 2_621_440)
        #expect(page.all("mailstore_instance_size_bytes").count == 3)
        #expect(page.value("mailstore_instance_cpu_seconds_total") == 0.1)
        #expect(page.value("mailstore_instance_messages_archived_total") == 100)
        #expect(!page.has("mailstore_instance_messages_checked_total"))
        #expect(page.value("mailstore_instance_private_memory_bytes") == 4096)
        #expect(bench.server.calls(of: .getInstances).first?.arguments == ["instanceFilter": "*"])
    }

    @Test("a stopped instance gets no calls, and neither does one without a process, whatever its status is called")
    func stopped() async throws {
        let bench = try bench([
            Fake.row("a", #""status": "Stopped", "processID": null, "startStopError": "Disk is full""#),
            Fake.row("b", #""status": "crashed", "processID": 0"#),
            Fake.row("c", #""status": "frozen", "processID": 9"#),
            Fake.row("d", #""status": null"#),
        ])
        await bench.collect(.environment, .instances)
        let page = try bench.page
        #expect(Set(bench.server.calls.compactMap { $0.arguments["instanceID"] }) == ["c", "d"])
        #expect(page.state("mailstore_instance_status", "status", ["instance_id": "a"]) == "stopped")
        #expect(page.value("mailstore_instance_status", ["instance_id": "b", "status": "running"]) == 0)
        #expect(page.value("mailstore_instance_status", ["instance_id": "b", "status": "crashed"]) == 1)
        #expect(!page.has("mailstore_instance_status", ["instance_id": "d"]))
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "status"]) == 1)
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "result"]) == 0)
        #expect(ids(page, "mailstore_instance_up") == ["c", "d"])
        #expect(ids(page, "mailstore_instance_last_collection_timestamp_seconds") == ["c", "d"])
        #expect(page.value("mailstore_collector_success", ["collector": "instances"]) == 1)
    }

    @Test("one that fails or hangs costs its own data alone", arguments: [FakeAnswer.failed("X"), .broken(.timeout)])
    func failing(answer: FakeAnswer) async throws {
        let bench = try bench()
        bench.server.answer(
            .getInstanceStatistics,
            .forInstances("a", answer: answer, others: .result(#"{"numberOfMessages": 5}"#)))
        await bench.collect(.environment, .instances)
        let page = try bench.page
        #expect(page.value("mailstore_instance_up", ["instance_id": "a"]) == 0)
        #expect(page.value("mailstore_instance_up", ["instance_id": "b"]) == 1)
        #expect(ids(page, "mailstore_instance_messages") == ["b"])
        #expect(page.value("mailstore_instance_provider_access", ["instance_id": "a"]) == 1)
        #expect(page.value("mailstore_collector_success", ["collector": "instances"]) == 1)
        let state = try #require(bench.sink.page?.report?.collectors.first { $0.name == .instances }?.state)
        #expect(state.warnings.first?.contains("1 of 2") == true)
    }

    @Test("a failure of all instances is one of the collector, and so is a server that cannot be reached")
    func allFail() async throws {
        let bench = try bench((0..<10).map { Fake.row("i\($0)") })
        await next(bench)
        for function in InstancesCollector.furtherFunctions { bench.server.answer(function, .failed("X")) }
        await next(bench)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 0)
        #expect(try ids(bench.page).count == 10)
        for function in InstancesCollector.furtherFunctions { bench.server.answer(function, .broken(.connect)) }
        let calls = bench.server.calls.count
        await next(bench)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 0)
        // Not every instance is tried when nobody answers.
        #expect(bench.server.calls.count - calls < 10)
    }

    @Test("without service provider access, what it forbids is asked once and is no failure")
    func noAccess() async throws {
        let bench = try bench((0..<10).map { Fake.row("i\($0)") }) { $0.collection.maximumConcurrentCalls = 1 }
        bench.server.answer(.getArchiveAdminEnabled, .result("false"))
        bench.server.answer(.canRunArchiveProfiles, .failed("System.UnauthorizedAccessException"))
        for _ in 0..<3 { await next(bench) }
        let page = try bench.page
        #expect(page.all("mailstore_instance_up").allSatisfy { $0.value == 1 })
        #expect(page.all("mailstore_instance_provider_access").allSatisfy { $0.value == 0 })
        #expect(!page.has("mailstore_instance_can_archive"))
        #expect(page.all("mailstore_instance_messages").count == 10)
        #expect(bench.server.calls(of: .canRunArchiveProfiles).count == 1)
    }

    @Test("an empty list for a moment keeps the instances, with a warning and a note; three in a row are believed")
    func emptyList() async throws {
        let log = RecordingLog()
        let bench = try bench(log: log)
        await next(bench)
        let full = "[\(Fake.row("a")),\(Fake.row("b"))]"
        bench.server.answer(.getInstances, .result("[]"), .result("[]"), .result(full), .result("[]"))
        for _ in 0..<2 {
            await next(bench)
            #expect(try ids(bench.page) == ["a", "b"])
            #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 0)
            #expect(bench.sink.page?.report?.notes.count == 1)
        }
        #expect(
            log.events.contains { $0.level == .warning && $0.metadata["error"]?.contains("lists no instance") == true })
        await next(bench)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 1)
        #expect(bench.sink.page?.report?.notes == [])
        for _ in 0..<3 {
            #expect(try ids(bench.page) == ["a", "b"])
            await next(bench)
        }
        #expect(try ids(bench.page).isEmpty)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 1)
        #expect(bench.sink.page?.report?.notes.first?.contains("lists no instance") == true)
    }

    @Test("an instance that is closed leaves the page; one that is renamed or moves keeps its id and what is known")
    func changes() async throws {
        let bench = try bench()
        await next(bench)
        let moved = Fake.row("b").replacing("HOST1", with: "HOST2").replacing("Customer b", with: "New")
        answer(bench, rows: moved)
        bench.server.answer(.getInstanceStatistics, .failed("X"))
        bench.server.answer(.getInstanceProcessLiveStatistics, .result(Fake.live("p2", at: 5, 3)))
        await next(bench)
        let page = try bench.page
        #expect(ids(page) == ["b"])
        #expect(page.value("mailstore_instance_info", ["host": "HOST2", "instance_name": "New"]) == 1)
        #expect(page.value("mailstore_instance_messages") == 12)
        #expect(page.value("mailstore_instance_messages_archived_total") == 3)
        #expect(page.all("mailstore_instance_info").count == 1)
    }

    @Test("what an instance no longer answers is dropped when it is too old, and its process when it is stopped")
    func age() async throws {
        let bench = try bench([Fake.row("a")])
        await next(bench)
        answer(bench, rows: Fake.row("a", #""status": "stopped", "processID": null"#))
        for run in 0..<6 {
            await next(bench)
            #expect(try bench.page.has("mailstore_instance_messages") == (run < 4))
            #expect(try !bench.page.has("mailstore_instance_messages_archived_total"))
            #expect(try !bench.page.has("mailstore_instance_can_archive"))
        }
    }

    @Test("only chosen instances are asked, and a pattern that matches nothing is noted once")
    func selection() async throws {
        let log = RecordingLog()
        let selection = InstanceSelection(
            include: [try InstancePattern(parsing: "a*"), try InstancePattern(parsing: "x*")],
            exclude: [try InstancePattern(parsing: "*9")])
        let bench = try bench([Fake.row("a1"), Fake.row("a9"), Fake.row("b")], log: log, selection: selection)
        for _ in 0..<2 { await next(bench) }
        #expect(try ids(bench.page) == ["a1"])
        #expect(Set(bench.server.calls.compactMap { $0.arguments["instanceID"] }) == ["a1"])
        let notes = log.events.filter { $0.message == "the configuration does not fit the server" }
        #expect(notes.count == 1)
        #expect(notes.first?.metadata["problem"]?.contains("\"x*\"") == true)
        #expect(bench.sink.page?.report?.notes.count == 1)
    }

    @Test("ids with odd characters arrive at the server and on the page as they are")
    func oddIDs() async throws {
        let id = #"Küche & Söhne="1"+ö%41 /\ 田"#
        let written = id.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let bench = try bench([Fake.row(written), Fake.row("A"), Fake.row("a"), Fake.row("A")])
        await next(bench)
        #expect(try ids(bench.page) == [id, "A", "a"])
        #expect(Set(bench.server.calls.compactMap { $0.arguments["instanceID"] }) == [id, "A", "a"])
        #expect(bench.sink.duplicates == 0)
    }

    @Test(
        "a field that is missing costs its own series", arguments: ["{}", "null", "[]", #"{"numberOfMessages": "x"}"#])
    func missingFields(result: String) async throws {
        let bench = try bench([#"{"instanceID": 7}"#])
        for function in InstancesCollector.furtherFunctions { bench.server.answer(function, .result(result)) }
        await next(bench)
        let page = try bench.page
        #expect(page.value("mailstore_instance_info", ["instance_id": "7"]) == 1)
        for name in ["provider_access", "can_archive", "messages", "size_bytes", "cpu_seconds_total", "status"] {
            #expect(!page.has("mailstore_instance_\(name)"), "\(name)")
        }
    }

    @Test("names are hidden on request")
    func hiddenNames() async throws {
        let bench = try bench([Fake.row("a")]) { $0.hideNames = true }
        await next(bench)
        #expect(
            try bench.page.all("mailstore_instance_info").map(\.labels) == [
                ["target": "archive", "instance_id": "a", "host": "HOST1", "start_mode": "automatic"]
            ])
    }

    @Test("more instances than the limit on series allows are cut by their ids, which is logged and shown")
    func limit() async throws {
        let log = RecordingLog()
        let bench = try bench((1000..<3000).map { Fake.row("i\($0)") }, log: log) { $0.limits.seriesPerTarget = 2000 }
        await next(bench)
        let page = try bench.page
        let shown = ids(page)
        #expect((40...95).contains(shown.count))
        #expect(shown == Set((1000..<(1000 + shown.count)).map { "i\($0)" }))
        #expect(page.series.count <= 2000)
        #expect(page.value("mailstore_target_series_limited") == 1)
        let line = log.events.first { $0.message.hasPrefix("series of the target are left out") }
        #expect(line?.metadata["instances"] == "\(shown.count) of 2000 shown")
        #expect(bench.server.calls(of: .getArchiveAdminEnabled).count < 100)
    }

    @Test("a round that has no time for all instances is a failure, and the next one begins with the rest")
    func slow() async throws {
        let bench = try TargetBench(latency: .seconds(10)) { $0.edition = .serviceProvider }
        Fake.fill(bench.server, rows: (10..<90).map { Fake.row("i\($0)") })
        await bench.collect(.instances)
        let first = Set(bench.server.calls.compactMap { $0.arguments["instanceID"] })
        #expect((1..<40).contains(first.count))
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "instances"]) == 0)
        #expect(try ids(bench.page).count == 80)
        let calls = bench.server.calls.count
        await bench.collect(.instances)
        let second = Set(bench.server.calls.dropFirst(calls).compactMap { $0.arguments["instanceID"] })
        #expect(!second.isEmpty && second.isDisjoint(with: first))
    }
}
