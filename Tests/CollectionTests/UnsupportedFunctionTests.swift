import Exposition
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("What a server does not offer is unsupported, not failed", .timeLimit(.minutes(1)))
struct UnsupportedFunctionTests {
    private func metadata(_ functions: [InformationalFunction]) -> FakeAnswer {
        .raw("[" + functions.map { #"{"name": "\#($0.rawValue)", "args": []}"# }.joined(separator: ",") + "]")
    }

    @Test("a function that is missing is never called, and no error is counted")
    func missing() async throws {
        let bench = try TargetBench()
        bench.server.answer(metadata: metadata([.getServerInfo, .getJobs, .getStores]))
        await bench.collect()
        let page = try bench.page
        let supported = page.all("mailstore_collector_supported").filter { $0.value == 1 }
        #expect(Set(supported.compactMap { $0.labels["collector"] }) == ["server", "stores"])
        #expect(page.all("mailstore_collector_supported").count == Edition.server.collectors.count)
        // One of two functions is not enough for the jobs.
        #expect(bench.server.calls(of: .getJobs).isEmpty)
        #expect(!page.has("mailstore_collector_success", ["collector": "jobs"]))
        #expect(page.all("mailstore_api_errors_total").allSatisfy { $0.value == 0 })
    }

    @Test(
        "a server that does not list its functions is asked for everything",
        arguments: [
            FakeAnswer.status(404), .broken(.timeout), .raw("nonsense"), .raw("[]"), .raw("null"),
            .raw("{}"), .result("[]"), .raw(#"[{"name": "Anything", "args": []}]"#), .raw(#"[{"args": []}]"#),
            .failed("System.Exception"), .raw(#"{"error": "no"}"#), .raw(#"["GetStores"]"#), .raw(""),
        ])
    func unlisted(answer: FakeAnswer) async throws {
        let bench = try TargetBench()
        bench.server.answer(metadata: answer)
        await bench.collect()
        let page = try bench.page
        #expect(!page.has("mailstore_collector_supported"))
        #expect(page.all("mailstore_collector_success").count == Edition.server.collectors.count)
        #expect(page.all("mailstore_collector_success").allSatisfy { $0.value == 1 })
        #expect(page.value("mailstore_up") == 1)
    }

    @Test("a server that refuses its list even with the login is asked for everything after the pause")
    func refusedList() async throws {
        let bench = try TargetBench()
        bench.server.answer(metadata: .status(401))
        await bench.collect()
        #expect(bench.server.calls.map(\.function) == ["get-metadata", "get-metadata"])
        #expect(bench.server.calls.map { $0.credentials != nil } == [false, true])
        #expect(try bench.page.value("mailstore_up") == 0)
        bench.time.advance(by: .seconds(31))
        await bench.collect()
        #expect(try bench.page.value("mailstore_up") == 1)
        #expect(try bench.page.all("mailstore_collector_success").allSatisfy { $0.value == 1 })
    }

    @Test("a list that is of no use is a warning once, and a failed call of get-metadata")
    func useless() async throws {
        let log = RecordingLog()
        let bench = try TargetBench(logger: log.logger)
        bench.server.answer(metadata: .raw("[]"))
        for _ in 0..<3 { await bench.collect() }
        let warnings = log.events.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.metadata["error"]?.description.contains("lists no function") == true)
        let errors = ["function": "get-metadata", "reason": "bad_reply"]
        #expect(try bench.page.value("mailstore_api_errors_total", errors) == 3)
        bench.server.answer(metadata: metadata(InformationalFunction.allCases))
        await bench.collect()
        #expect(try bench.page.all("mailstore_collector_supported").allSatisfy { $0.value == 1 })
    }

    @Test("a list in an envelope is read like one without")
    func envelope() async throws {
        let bench = try TargetBench()
        let functions = [InformationalFunction.getServerInfo, .getStores]
        let list = functions.map { #"{"name": "\#($0.rawValue)"}"# }.joined(separator: ",")
        bench.server.answer(metadata: .result("[\(list)]"))
        await bench.collect()
        let supported = try bench.page.all("mailstore_collector_supported").filter { $0.value == 1 }
        #expect(Set(supported.compactMap { $0.labels["collector"] }) == ["server", "stores"])
    }

    @Test("names with other capital letters are the same functions, which is logged once")
    func otherCase() async throws {
        let log = RecordingLog()
        let bench = try TargetBench(logger: log.logger)
        let names = InformationalFunction.allCases.map { #"{"name": "\#($0.rawValue.lowercased())", "args": []}"# }
        bench.server.answer(metadata: .raw("[\(names.joined(separator: ","))]"))
        await bench.collect()
        bench.time.advance(by: .seconds(3600))
        await bench.collect()
        #expect(try bench.page.all("mailstore_collector_success").allSatisfy { $0.value == 1 })
        #expect(try bench.page.all("mailstore_collector_supported").allSatisfy { $0.value == 1 })
        let warnings = log.events.filter { $0.level == .warning && $0.message != "stale values expired" }
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.contains("capital letters") == true)
    }

    @Test("the list is asked for without the password, anew each time while something is missing, then after an hour")
    func refresh() async throws {
        let bench = try TargetBench()
        bench.server.answer(metadata: metadata([.getServerInfo]), metadata(InformationalFunction.allCases))
        await bench.collect(.server, .stores)
        #expect(try bench.page.value("mailstore_collector_supported", ["collector": "stores"]) == 0)
        bench.time.advance(by: .seconds(60))
        await bench.collect(.server, .stores)
        #expect(try bench.page.value("mailstore_collector_supported", ["collector": "stores"]) == 1)
        func asked() -> [FakeServer.Call] { bench.server.calls.filter { $0.function == "get-metadata" } }
        #expect(asked().count == 2)
        bench.time.advance(by: .seconds(3599))
        await bench.collect(.server, .stores)
        #expect(asked().count == 2)
        bench.time.advance(by: .seconds(1))
        await bench.collect(.server, .stores)
        #expect(asked().count == 3)
        #expect(asked().allSatisfy { $0.credentials == nil })
    }

    @Test("a collector that is not configured has no series and makes no calls, but the heartbeat always runs")
    func configured() async throws {
        let bench = try TargetBench(target: { $0.collectors = [.stores] })
        await bench.collect()
        let page = try bench.page
        let shown = page.all("mailstore_collector_success").compactMap { $0.labels["collector"] }
        #expect(Set(shown) == ["server", "stores"])
        #expect(Set(bench.server.calls.map(\.function)) == ["get-metadata", "GetServerInfo", "GetStores"])
        let functions = page.all("mailstore_api_requests_total").compactMap { $0.labels["function"] }
        #expect(
            Set(functions) == ["get-metadata", "get-status", "cancel-async", "GetServerInfo", "GetStores"])
    }

    @Test("the heartbeat's counters are there from the first page on, also where it is not configured")
    func heartbeatCounters() async throws {
        let bench = try TargetBench(target: { $0.collectors = [.stores] })
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_api_requests_total", ["function": "GetServerInfo"]) == 0)
    }
}

@Suite("What a server offers decides which collectors are supported")
struct CapabilitiesTests {
    @Test("a server that was not heard offers nobody knows what")
    func unknown() {
        #expect(Capabilities.unknown.offers([.getStores]) == nil)
    }

    @Test(
        "all functions of a collector have to be offered",
        arguments: [
            (["GetJobs", "GetJobResults", "GetStores"], true), (["GetJobs"], false), ([], nil), (["Other"], nil),
            (["getjobs", "GETJOBRESULTS"], true), (["GetStores"], false),
        ] as [([String], Bool?)])
    func offered(names: [String], expected: Bool?) {
        let needed = [InformationalFunction.getStores, .getJobs, .getJobResults]
        let capabilities = Capabilities(names.map { FunctionMetadata(name: $0) }, needed: needed)
        #expect(capabilities.offers([.getJobs, .getJobResults]) == expected)
    }
}
