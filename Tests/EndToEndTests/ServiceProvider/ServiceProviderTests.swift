import Foundation
import MailStoreSimulator
import Testing

@Suite("The Service Provider Edition, with the program itself", .timeLimit(.minutes(5)))
struct ServiceProviderTests {
    private func with(
        _ instances: Int = 12, timeout: String = "4s", edition: String? = nil, isServer: Bool = false,
        more: [String] = [], _ body: (Scene) async throws -> Void
    ) async throws {
        try await Scene.with(
            {
                if !isServer { $0.edition = .serviceProvider }
                $0.instances = instances
                ($0.stores, $0.jobs, $0.profiles, $0.history) = (1, 1, 1, 1)
            },
            configure: {
                $0.targets[0].more = (edition.map { ["edition: \($0)"] } ?? []) + more
                $0.collection["timeout"] = timeout
            }, body)
    }

    private static let collectors = Page.serviceProviderCollectors

    private func ids(_ page: Page, _ name: String = "mailstore_instance_info") -> Set<String> {
        page.labelValues("instance_id", of: name)
    }

    @Test("500 instances are collected, and those that are not in order say why")
    func many() async throws {
        try await with(500, timeout: "30s") { scene in
            let page = try await scene.exporter.page(until: "all instances") { $0.succeeded(Self.collectors) }
            #expect(ids(page).count == 500)
            #expect(page.value("mailstore_up") == 1)
            #expect(page.value("mailstore_server_info", ["edition": "spe", "version": "25.3.1.23021"]) == 1)
            #expect(page.value("mailstore_service_messages", ["severity": "error"]) == 2)
            #expect(page.value("mailstore_host_active", ["server_name": "MAILSTORE"]) == 1)
            // Of every hundred: one is stopped, one has failed to start, one is on a host that is not active.
            let stopped = scene.simulator.installation().instances.filter { !$0.isRunning }.map(\.instanceID)
            #expect(stopped.count == 15)
            #expect(ids(page, "mailstore_instance_up") == ids(page).subtracting(stopped))
            #expect(page.values("mailstore_instance_up").allSatisfy { $0 == 1 })
            for id in stopped {
                #expect(page.value("mailstore_instance_status", ["instance_id": id, "status": "running"]) == 0)
            }
            #expect(page.value("mailstore_instance_status", ["instance_id": "kunde0004", "status": "frozen"]) == 1)
            #expect(page.value("mailstore_instance_start_stop_error", ["instance_id": "kunde0006"]) == 1)
            #expect(page.value("mailstore_instance_provider_access", ["instance_id": "kunde0003"]) == 0)
            #expect(page.value("mailstore_instance_can_archive", ["instance_id": "kunde0007"]) == 0)
            #expect(page.value("mailstore_instance_can_archive", ["instance_id": "kunde0001"]) == 1)
            #expect(page.value("mailstore_instance_messages", ["instance_id": "kunde0001"]) ?? 0 > 0)
            // Nothing is called but what informs, and nothing on those that are stopped.
            let log = scene.simulator.requestLog()
            let called = Set(log.map(\.function))
            #expect(
                called.isSubset(of: [
                    "get-metadata", "GetEnvironmentInfo", "GetServiceStatus", "GetInstances", "GetArchiveAdminEnabled",
                    "CanRunArchiveProfiles", "GetInstanceStatistics", "GetInstanceProcessLiveStatistics", "GetStores",
                    "GetUsers",
                    "GetJobs", "GetJobResults", "GetProfiles", "GetWorkerResults",
                ]), "\(called)")
            let reply = try await scene.exporter.get("/targets/archive")
            #expect(reply.text.contains("Müller &amp; Söhne GmbH"))
            #expect(reply.text.contains("starting or stopping it failed"))
        }
    }

    @Test("an instance that fails or hangs costs its own data alone, and comes back")
    func failing() async throws {
        try await with { scene in
            _ = try await scene.exporter.page(until: "the start") { $0.succeeded(Self.collectors) }
            scene.simulator.inject(.hang, for: "*", instance: "kunde0001")
            scene.simulator.inject(
                .error(exception: "System.Exception", message: "<b>odd</b>"), for: "GetInstanceStatistics",
                instance: "kunde0002")
            let page = try await scene.exporter.page(until: "two fail") {
                $0.values("mailstore_instance_up").count { $0 == 0 } == 2
            }
            #expect(page.value("mailstore_instance_up", ["instance_id": "kunde0001"]) == 0)
            #expect(page.value("mailstore_instance_up", ["instance_id": "kunde0002"]) == 0)
            #expect(page.value("mailstore_up") == 1)
            #expect(page.succeeded(Self.collectors))
            let reply = try await scene.exporter.get("/targets/archive")
            #expect(reply.text.contains("&lt;b&gt;odd&lt;/b&gt;") && !reply.text.contains("<b>odd"))
            scene.simulator.clearFaults()
            _ = try await scene.exporter.page(until: "all are well") {
                $0.values("mailstore_instance_up").allSatisfy { $0 == 1 }
            }
        }
    }

    @Test("an instance that is closed leaves the page, one that moves keeps its id, and no counter decreases")
    func changes() async throws {
        try await with { scene in
            _ = try await scene.exporter.page(until: "the start") { $0.succeeded(Self.collectors) }
            try scene.simulator.apply(.close, toInstance: "kunde0001")
            try scene.simulator.apply(.move(host: "SPE-HOST01"), toInstance: "kunde0002")
            try scene.simulator.apply(.stop, toInstance: "kunde0009")
            try scene.simulator.addInstance(#"A "new" & <odd>\ id"#)
            let page = try await scene.exporter.page(until: "the changes") {
                $0.value("mailstore_instance_info", ["instance_id": "kunde0002", "host": "SPE-HOST01"]) == 1
                    && ids($0, "mailstore_instance_up").contains(#"A "new" & <odd>\ id"#)
            }
            #expect(!ids(page).contains("kunde0001"))
            #expect(page.values("mailstore_instance_info", ["instance_id": "kunde0002"]).count == 1)
            #expect(page.value("mailstore_instance_status", ["instance_id": "kunde0009", "status": "stopped"]) == 1)
            #expect(!ids(page, "mailstore_instance_cpu_seconds_total").contains("kunde0009"))
        }
    }

    @Test("a list that is empty for a moment removes no instance")
    func emptyList() async throws {
        try await with { scene in
            let before = try await scene.exporter.page(until: "the start") { $0.succeeded(Self.collectors) }
            scene.simulator.inject(.noRows, for: "GetInstances", times: 2)
            let during = try await scene.exporter.page(until: "the empty list") { !$0.succeeded(Self.collectors) }
            #expect(ids(during) == ids(before))
            let after = try await scene.exporter.page(until: "the end") { $0.succeeded(Self.collectors) }
            #expect(ids(after) == ids(before))
            #expect(scene.exporter.log.contains("GetInstances lists no instance"))
        }
    }

    @Test("the chosen instances alone are collected, and a pattern that matches nothing is reported")
    func selection() async throws {
        try await with(more: ["instances: { include: [\"kunde000*\", \"x*\"], exclude: [\"*1\"] }"]) { scene in
            let page = try await scene.exporter.page(until: "the start") { $0.succeeded(Self.collectors) }
            #expect(ids(page) == Set((2...9).map { "kunde000\($0)" }))
            #expect(scene.exporter.log.contains("instances.include has the pattern"))
        }
    }

    @Test(
        "a target of another edition than configured says so, with the remedy",
        arguments: [("spe", "server"), ("server", "spe")])
    func wrongEdition(configured: String, real: String) async throws {
        try await with(edition: configured, isServer: real == "server") { scene in
            let page = try await scene.exporter.page(until: "the first try") { $0.value("mailstore_up") == 0 }
            #expect(page.values("mailstore_collector_supported").allSatisfy { $0 == 0 })
            let reply = try await scene.exporter.get("/targets/archive")
            #expect(reply.text.contains("set edition: \(real) or remove the key"))
            #expect(scene.exporter.log.contains("set edition: \(real) or remove the key"))
        }
    }

    @Test("check of a Service Provider Edition reports no check of MailStore Server as a failure")
    func check() async throws {
        try await CheckProgram.with({ $0.edition = .serviceProvider }) { simulator, program in
            let run = try await program.check(simulator.url, simulator.pinFlag)
            let steps = try run.steps()
            #expect(steps.filter { $0.status == "failed" }.map(\.name) == [])
            #expect(run.exitCode == 0)
            #expect(try run.step("login").message.contains("Service Provider Edition version 25.3.1.23021"))
            #expect(try run.step("environment").remedy.contains("Search indexes need to be rebuilt."))
            #expect(try run.step("collector_instances").status == "ok")
            #expect(try run.step("stores").status == "skipped" && run.step("time_zone").status == "skipped")
            #expect(!steps.contains { $0.name == "collector_server" })
            program.password = "wrong"
            simulator.clearRequestLog()
            let refused = try await program.check(simulator.url, simulator.pinFlag)
            #expect(try refused.step("login").status == "failed")
            #expect(refused.exitCode == 1)
            #expect(simulator.requestLog().count { $0.status == 401 } == 2)
        }
    }
}
