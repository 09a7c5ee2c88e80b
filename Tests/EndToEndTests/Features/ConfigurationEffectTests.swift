import MailStoreSimulator
import Testing

@Suite("What the configuration asks for")
struct ConfigurationEffectTests {
    @Test("privacy.hide_names leaves the human names out, and nothing else")
    func hideNames() async throws {
        try await Scene.with {
            $0.history = 8
        } configure: {
            $0.more = ["privacy: {hide_names: true}"]
        } _: { scene in
            let page = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            let world = scene.simulator.state()
            let names = world.stores.map(\.name) + world.profiles.map(\.name) + world.jobs.map(\.name)
            for series in page.samples.keys {
                #expect(names.allSatisfy { !series.labels.values.contains($0) }, "\(series)")
            }
            let text = try await scene.exporter.get("/metrics").text
            for name in ["Archiv 20", "Köln", "Prüfung", "Postfächer", "Vertrieb"] {
                let isShown = text.contains(name)
                #expect(!isShown, "\(name)")
            }
            #expect(page.labelValues("store_id", of: "mailstore_store_messages") == ["1", "2", "3", "4"])
            #expect(page.labelValues("job_id", of: "mailstore_job_enabled").count == world.jobs.count)
            #expect(
                page.value("mailstore_store_messages", ["store_id": "1"]) == Double(world.stores[0].statisticsCount))
        }
    }

    @Test("some collectors only: nothing else is called or shown")
    func someCollectors() async throws {
        try await Scene.with {
            $0.history = 1
        } configure: {
            $0.targets[0].more = ["collectors: [stores]"]
        } _: { scene in
            let page = try await scene.exporter.page(until: "the stores are collected") { $0.succeeded(["stores"]) }
            // The server's own is the heartbeat and cannot be left out.
            #expect(page.labelValues("collector", of: "mailstore_collector_success") == ["server", "stores"])
            let called = Set(scene.simulator.requestLog().map(\.function))
            #expect(called == ["get-metadata", "GetServerInfo", "GetStores"])
            #expect(page.value("mailstore_up") == 1)
            for name in ["mailstore_users", "mailstore_job_enabled", "mailstore_profile_runs_total"] {
                #expect(page.values(name).isEmpty)
            }
        }
    }

    @Test("two targets, one of which is down: the other is whole")
    func twoTargets() async throws {
        try await Scene.with {
            $0.history = 1
        } configure: { configuration in
            var down = configuration.targets[0]
            down.name = "down"
            down.url = "https://127.0.0.1:1"
            configuration.targets.append(down)
        } _: { scene in
            let page = try await scene.exporter.page(until: "both were tried") {
                $0.succeeded() && $0.errors("GetServerInfo", "connect", target: "down") >= 2
            }
            #expect(page.value("mailstore_up", ["target": "archive"]) == 1)
            #expect(page.value("mailstore_up", ["target": "down"]) == 0)
            #expect(page.labelValues("target", of: "mailstore_store_messages") == ["archive"])
            #expect(try await scene.exporter.get("/-/ready").status == 200)
        }
    }

    @Test("an old server lacks functions: their collectors are unsupported, which is no error")
    func oldServer() async throws {
        try await Scene.with {
            $0.history = 2
            $0.oldServer = true
        } _: { scene in
            let supported = ["server", "users", "stores", "jobs", "profiles"]
            let page = try await scene.exporter.page(until: "what there is is collected") { page in
                page.succeeded(supported)
                    && page.value("mailstore_collector_supported", ["collector": "sessions"]) == 0
                    && page.value("mailstore_collector_supported", ["collector": "license"]) == 0
            }
            for collector in supported {
                #expect(page.value("mailstore_collector_supported", ["collector": collector]) == 1)
            }
            for collector in ["sessions", "license"] {
                #expect(page.values("mailstore_collector_success", ["collector": collector]) == [])
            }
            #expect(page.values("mailstore_active_sessions") == [])
            #expect(page.values("mailstore_license_named_users") == [])
            #expect(page.values("mailstore_api_errors_total").reduce(0, +) == 0)
            #expect(page.value("mailstore_up") == 1)
            #expect(!scene.simulator.requestLog().contains { $0.function == "GetActiveSessions" })
            #expect(page.value("mailstore_server_info", ["version": scene.simulator.state().version]) == 1)
        }
    }

    @Test("max_age: values that are too old vanish and come back, while counters stay")
    func maximumAge() async throws {
        try await Scene.with {
            $0.history = 2
        } configure: {
            $0.collection["max_age"] = "2s"
        } _: { scene in
            let before = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            scene.simulator.inject(.status(500))
            let gone = try await scene.exporter.page(until: "the values are gone") { page in
                !page.samples.keys.contains {
                    ExpectedSamples.isAboutTheWorld($0.name) && !$0.name.hasSuffix("_total")
                }
            }
            for (series, value) in before.samples where ExpectedSamples.isAboutTheWorld(series.name) {
                guard series.name.hasSuffix("_total") else { continue }
                #expect(gone.samples[series] == value, "\(series)")
            }
            #expect(gone.value("mailstore_up") == 0)
            #expect(gone.labelValues("collector", of: "mailstore_collector_last_success_timestamp_seconds").count == 7)
            // The line about the server says it: that values expire too is no news.
            #expect(scene.exporter.log.contains("target is down"))
            scene.simulator.clearFaults()
            try await scene.exporter.page(until: "the values are back") { page in
                before.samples.keys.allSatisfy {
                    !ExpectedSamples.isAboutTheWorld($0.name) || page.samples[$0] != nil
                }
            }
        }
    }

    @Test("nothing of what the server no longer lists; what is renamed goes on under its new name")
    func changes() async throws {
        try await Scene.with {
            $0.history = 2
        } _: { scene in
            let before = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            scene.simulator.change { world in
                world.remove(store: 2)
                world.remove(job: 3)
                world.remove(profile: 4)
                world.rename(profile: 1, to: "Ganz \"neu\"\\\n😀")
            }
            let page = try await scene.exporter.page(until: "what was removed is gone") { page in
                !page.samples.keys.contains {
                    $0.labels["store_id"] == "2" || $0.labels["job_id"] == "3" || $0.labels["profile_id"] == "4"
                }
            }
            #expect(page.value("mailstore_stores") == 3)
            let name = "mailstore_profile_runs_total"
            try await scene.exporter.page(until: "the counters bear the new name") { page in
                page.labelValues("profile_name", of: name).contains("Ganz \"neu\"\\\n😀")
                    && page.values(name, ["profile_id": "1"]).reduce(0, +)
                        == before.values(name, ["profile_id": "1"]).reduce(0, +)
            }
        }
    }
}
