import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The environment of a Service Provider Edition", .timeLimit(.minutes(1)))
struct EnvironmentCollectorTests {
    private func bench(status: FakeAnswer) throws -> TargetBench {
        let bench = try TargetBench()
        FakeServiceProvider.fill(bench.server)
        bench.server.answer(.getServiceStatus, status)
        return bench
    }

    @Test("messages are counted by severity, whose known words are there from the start; hosts have a series a fact")
    func status() async throws {
        let bench = try bench(
            status: .result(
                #"""
                {"serverInfos": [
                {"serverName": "MGMT", "serverType": "managementServer", "active": true, "numberOfInstances": null,
                "systemProperties": {"totalPhysicalMemory": 34359738368, "processors": ["x"]}},
                {"serverName": "HOST1", "serverType": "instanceHost", "active": false, "systemProperties": null,
                "numberOfInstances": 12, "numberOfRunningInstances": 10}, {"serverType": "instanceHost"}],
                "messages": [{"type": "error", "text": "x"}, {"type": "Error"}, {"type": "Odd word"}, {"text": "y"}]}
                """#))
        await bench.collect(.server)
        let page = try bench.page
        let messages = page.all("mailstore_service_messages").map { ($0.labels["severity"] ?? "", $0.value) }
        #expect(
            Dictionary(uniqueKeysWithValues: messages)
                == ["information": 0, "warning": 0, "error": 2, "oddWord": 1, "unknown": 1])
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "type"]) == 2)
        #expect(page.value("mailstore_host_active", ["server_name": "MGMT", "server_type": "managementServer"]) == 1)
        #expect(page.value("mailstore_host_active", ["server_name": "HOST1"]) == 0)
        #expect(page.value("mailstore_host_instances") == 12)
        #expect(page.value("mailstore_host_running_instances") == 10)
        #expect(page.value("mailstore_host_memory_bytes") == 34_359_738_368)
        #expect(page.value("mailstore_collector_success", ["collector": "environment"]) == 1)
    }

    @Test("a status that fails leaves the version and the target up, and is a failure of the collector")
    func failedStatus() async throws {
        let bench = try bench(status: .failed("System.Exception"))
        await bench.collect(.server)
        let page = try bench.page
        #expect(page.value("mailstore_up") == 1)
        #expect(page.value("mailstore_server_info") == 1)
        #expect(!page.has("mailstore_service_messages"))
        #expect(page.value("mailstore_collector_success", ["collector": "environment"]) == 0)
        #expect(!page.has("mailstore_collector_last_success_timestamp_seconds", ["collector": "environment"]))
    }

    @Test(
        "a status in which a part is missing or odd costs that part alone",
        arguments: [
            #"{"messages": [{"type": "warning"}]}"#, #"{"messages": [{"type": "warning"}], "serverInfos": "x"}"#,
            #"{"MESSAGES": [{"TYPE": "WARNING"}], "serverInfos": [7, null, {}]}"#,
        ])
    func partial(result: String) async throws {
        let bench = try bench(status: .result(result))
        await bench.collect(.server)
        let page = try bench.page
        #expect(page.value("mailstore_service_messages", ["severity": "warning"]) == 1)
        #expect(!page.has("mailstore_host_active"))
        #expect(page.value("mailstore_collector_success", ["collector": "environment"]) == 1)
    }

    @Test("the environment's call decides whether the target is up", arguments: [401, 403, 500])
    func down(status: Int) async throws {
        let bench = try bench(status: .status(status))
        bench.server.answer(.getEnvironmentInfo, .status(status))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 0)
    }
}
