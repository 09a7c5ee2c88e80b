import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The edition of a target decides what is collected", .timeLimit(.minutes(1)))
struct EditionTests {
    private let log = RecordingLog()

    private func bench(_ edition: Edition? = nil, isServiceProvider: Bool = true) throws -> TargetBench {
        let bench = try TargetBench(logger: log.logger, target: { $0.edition = edition })
        if isServiceProvider { FakeServiceProvider.fill(bench.server) }
        return bench
    }

    private static let ofServiceProvider: Set = ["environment", "instances", "stores", "jobs", "profiles", "users"]

    private func collectors(_ page: ScrapedPage) -> Set<String> {
        Set(page.all("mailstore_collector_interval_seconds").compactMap { $0.labels["collector"] })
    }

    @Test("a server that lists the functions of a Service Provider Edition is one, and Server's collectors are absent")
    func recognized() async throws {
        let bench = try bench()
        await bench.collect()
        let page = try bench.page
        #expect(page.value("mailstore_up") == 1)
        #expect(collectors(page) == Self.ofServiceProvider)
        #expect(page.all("mailstore_collector_success").allSatisfy { $0.value == 1 })
        #expect(page.all("mailstore_collector_supported").allSatisfy { $0.value == 1 })
        #expect(
            page.value("mailstore_server_info", ["edition": "spe", "version": "25.3.1", "server_name": "SPE\\1"]) == 1)
        #expect(bench.server.calls(of: .getServerInfo).isEmpty)
        #expect(bench.server.calls(of: .getLicenseInformation).isEmpty)
        #expect(!page.has("mailstore_api_requests_total", ["function": "GetLicenseInformation"]))
        #expect(page.value("mailstore_api_requests_total", ["function": "GetStores"]) == 0)
        #expect(page.value("mailstore_api_requests_total", ["function": "GetInstances"]) == 1)
        #expect(bench.sink.page?.report?.notes == [])
        #expect(bench.sink.page?.report?.edition == .serviceProvider)
    }

    @Test("the login is asked for once: later lists are asked for with it, so that no refusal is counted")
    func listWithLogin() async throws {
        let bench = try bench()
        await bench.collect()
        bench.time.advance(by: .seconds(3600))
        await bench.collect()
        let asked = bench.server.calls.filter { $0.function == "get-metadata" }
        #expect(asked.map { $0.credentials != nil } == [false, true, true])
        let refusals = ["function": "get-metadata", "reason": "unauthorized"]
        #expect(try bench.page.value("mailstore_api_errors_total", refusals) == 1)
    }

    @Test("MailStore Server stays MailStore Server, whose page has nothing of instances")
    func server() async throws {
        let bench = try bench(isServiceProvider: false)
        await bench.collect()
        let page = try bench.page
        #expect(collectors(page) == ["server", "license", "users", "sessions", "stores", "jobs", "profiles"])
        #expect(
            page.series.allSatisfy { !$0.name.hasPrefix("mailstore_instance") && !$0.name.hasPrefix("mailstore_host") })
    }

    @Test("the configuration decides where the server does not list its functions")
    func configured() async throws {
        let bench = try bench(.serviceProvider)
        bench.server.answer(metadata: .status(404))
        await bench.collect()
        #expect(try bench.page.value("mailstore_up") == 1)
        #expect(collectors(try bench.page) == Self.ofServiceProvider)
    }

    @Test(
        "a server of another edition than configured is not collected, is down, and the note names the remedy",
        arguments: [Edition.server, .serviceProvider])
    func contradiction(configured: Edition) async throws {
        let bench = try bench(configured, isServiceProvider: configured == .server)
        for _ in 0..<2 { await bench.collect() }
        let notes = try #require(bench.sink.page?.report?.notes)
        try #require(notes.count == 1)
        let right = configured == .server ? Edition.serviceProvider : .server
        #expect(notes[0].contains("edition: \(configured.rawValue)"))
        #expect(notes[0].contains("set edition: \(right.rawValue) or remove the key, or correct the url"))
        #expect(log.events.filter { $0.message == "the configuration does not fit the server" }.count == 1)
        #expect(try bench.page.value("mailstore_up") == 0)
        #expect(try bench.page.all("mailstore_collector_supported").allSatisfy { $0.value == 0 })
        #expect(Set(bench.server.calls.map(\.function)) == ["get-metadata"])
    }

    @Test("an edition that is recognized later than the first run replaces what was tried until then")
    func recognizedLater() async throws {
        let bench = try bench()
        bench.server.answer(metadata: .broken(.timeout), FakeServiceProvider.metadata)
        bench.server.answer(.getServerInfo, .broken(.timeout))
        await bench.collect(.server)
        #expect(collectors(try bench.page).contains("server"))
        #expect(try bench.page.value("mailstore_up") == 0)
        bench.time.advance(by: .seconds(60))
        await bench.collect(.server)
        #expect(collectors(try bench.page) == Self.ofServiceProvider)
        #expect(try bench.page.value("mailstore_up") == 1)
        #expect(log.events.contains { $0.message == "the edition of the server is recognized" })
    }

    @Test("a refused login is one refusal, and the target is down for that reason")
    func refusedLogin() async throws {
        let bench = try bench()
        bench.server.answer(metadata: .status(401))
        await bench.collect()
        #expect(bench.server.calls.count { $0.credentials != nil } == 1)
        #expect(try bench.page.value("mailstore_up") == 0)
        let heartbeat = bench.sink.page?.report?.collectors.first { $0.name == .server }
        #expect(heartbeat?.state.lastError?.reason == .unauthorized)
    }

    @Test("a collector of archives needs the list of instances, so that is collected too")
    func archivesAlone() async throws {
        let bench = try TargetBench(target: { $0.collectors = [.stores] })
        FakeServiceProvider.fill(bench.server)
        await bench.collect()
        #expect(collectors(try bench.page) == ["environment", "instances", "stores"])
    }

    @Test("collectors of MailStore Server alone are no choice for a Service Provider Edition, and a note says so")
    func serverCollectors() async throws {
        let bench = try TargetBench(target: { $0.collectors = [.server, .license] })
        FakeServiceProvider.fill(bench.server)
        await bench.collect()
        #expect(collectors(try bench.page) == ["environment"])
        #expect(bench.sink.page?.report?.notes.first?.contains("add instances") == true)
    }
}
