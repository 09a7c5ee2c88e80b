import MailStoreSimulator
import Testing

@Suite("Many instances", .timeLimit(.minutes(6)))
struct ManyInstancesTests {
    @Test(
        "500 instances of a Service Provider Edition are scraped together, and one by one as documented, with the same result"
    )
    func instances() async throws {
        try await Scene.with {
            $0.edition = .serviceProvider
            $0.instances = 500
            ($0.stores, $0.jobs, $0.profiles, $0.history) = (1, 1, 1, 1)
        } configure: {
            $0.collection["timeout"] = "30s"
            $0.collection["interval"] = "10s"
            $0.collection["intervals"] = "{stores: 10s, instances: 10s}"
        } _: { scene in
            let running = scene.simulator.installation().instances.count { $0.isRunning }
            try await scene.exporter.page(until: "all are collected") { page in
                page.labelValues("instance_id", of: "mailstore_stores").count == running
                    && page.labelValues("instance_id", of: "mailstore_job_runs_total").count > running / 2
            }
            let address = scene.exporter.addresses[0]
            let text = try ManyServersTests.scrapeConfiguration(
                for: address, after: "- **Instance by instance**", interval: "5s")
            let together = "  - job_name: together\n    static_configs:\n      - targets: [\"\(address)\"]\n"
            let prometheus = try await PrometheusServer(configuration: text + together, in: scene.folder)
            try await eventually("Prometheus has scraped the environment and each instance") {
                let each = try await prometheus.query(#"count(up{job="mailstore"} == 1) == 501"#)
                let all = try await prometheus.query(#"up{job="together"} == 1"#)
                return each.count == 1 && all.count == 1
            }
            for name in [
                "mailstore_up", "mailstore_instance_info", "mailstore_stores", "mailstore_instance_provider_access",
            ] {
                let each = try await prometheus.query("count(\(name){job=\"mailstore\"})").values.first
                let all = try await prometheus.query("count(\(name){job=\"together\"})").values.first
                #expect(each != nil && each == all, "\(name)")
            }
            // What a probe has is of one instance, and of no other one.
            let one =
                #"count(count by (instance) (count by (instance, instance_id) ({job="mailstore", instance_id=~".+"})) == 1)"#
            #expect(try await prometheus.query(one).values.first == 500)
            try await prometheus.program.kill()
        }
    }
}
