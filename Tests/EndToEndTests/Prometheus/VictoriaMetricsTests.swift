import Foundation
import MailStoreSimulator
import TestSupport
import Testing

@Suite("A real VictoriaMetrics server", .timeLimit(.minutes(6)))
struct VictoriaMetricsTests {
    /// Two customers' targets, and a VictoriaMetrics that scrapes them as `docs/scaling.md` says.
    private static func staged(
        _ body: (_ scene: Scene, _ storage: PrometheusAPI, _ folder: TemporaryFolder) async throws -> Void
    ) async throws {
        try await Scene.with {
            $0.history = 5
        } configure: { configuration in
            configuration.collection["lookback"] = "20d"
            var other = configuration.targets[0]
            other.name = "other"
            other.more = ["labels: { customer: bolt }"]
            configuration.targets[0].more = ["labels: { customer: acme }"]
            configuration.targets.append(other)
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") {
                $0.succeeded() && $0.succeeded(target: "other")
            }
            let sample = try #require(try Document("docs/scaling.md").samples.first { $0.contains("for -promscrape") })
            let configuration = try scene.folder.write(
                "global: { scrape_interval: 1s }\n"
                    + sample.replacing("127.0.0.1:9463", with: scene.exporter.addresses[0]), to: "scrape.yml")
            let (server, url) = try await start(
                "victoria-metrics",
                [
                    "-storageDataPath=\(scene.folder["storage"])", "-promscrape.config=\(configuration)",
                    "-search.latencyOffset=0s", "-retentionPeriod=10y",
                ])
            try await body(scene, PrometheusAPI(url: url), scene.folder)
            try await server.kill()
        }
    }

    /// Starts a program of VictoriaMetrics, none of which can choose a free port itself.
    private static func start(_ name: String, _ arguments: [String]) async throws -> (RunningProgram, String) {
        for _ in 0..<5 {
            let port = try ListeningSocket(backlog: nil).port
            let program = try RunningProgram(name, arguments + ["-httpListenAddr=127.0.0.1:\(port)"])
            let url = "http://127.0.0.1:\(port)"
            var isOver = false
            try await eventually("\(name) is ready") {
                isOver = await program.ending() != nil
                // Nobody answers before it listens.
                let status = try? await CurlReply.get(url + "/health").status
                return isOver || status == 200
            }
            if !isOver { return (program, url) }
        }
        throw TestFailure("\(name) does not start")
    }

    @Test("scrapes by the documented configuration, and holds every value that the server holds")
    func values() async throws {
        try await Self.staged { scene, storage, _ in
            let expected = ExpectedSamples(scene.simulator.state(), lookback: 20 * 86_400).samples
            try #require(expected.count > 200)
            var found: [Page.Series: Double] = [:]
            try await eventually("all is scraped") {
                let all = try await storage.query(#"{target="archive", __name__=~"mailstore_.*"}"#)
                found = [:]
                for (series, value) in all where ExpectedSamples.isAboutTheWorld(series.name) {
                    var own = series
                    #expect(own.labels.removeValue(forKey: "customer") == "acme")
                    found[own] = value
                }
                return found.count >= expected.count
            }
            #expect(found == expected)
        }
    }

    @Test("holds every value that a Prometheus sends it, by the documented line of its configuration")
    func remoteWrite() async throws {
        try await Scene.with {
            $0.history = 5
        } configure: { configuration in
            configuration.collection["lookback"] = "20d"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            let (storage, url) = try await Self.start(
                "victoria-metrics",
                ["-storageDataPath=\(scene.folder["storage"])", "-search.latencyOffset=0s", "-retentionPeriod=10y"])
            let text = try Document("docs/scaling.md").text
            let line = try #require(text.firstMatch(of: /`(remote_write: .+?)`/)).1
            let configuration = """
                global: { scrape_interval: 1s }
                scrape_configs:
                  - { job_name: mailstore, static_configs: [{ targets: ["\(scene.exporter.addresses[0])"] }] }
                \(line.replacing("http://victoria-metrics:8428", with: url))

                """
            let prometheus = try await PrometheusServer(configuration: configuration, in: scene.folder)
            let expected = ExpectedSamples(scene.simulator.state(), lookback: 20 * 86_400).samples
            try #require(expected.count > 200)
            let api = PrometheusAPI(url: url)
            var found: [Page.Series: Double] = [:]
            try await eventually("all is sent") {
                found = try await api.query(#"{job="mailstore", __name__=~"mailstore_.*"}"#)
                    .filter { ExpectedSamples.isAboutTheWorld($0.key.name) }
                return found.count >= expected.count
            }
            #expect(found == expected)
            try await prometheus.program.kill()
            try await storage.kill()
        }
    }

    @Test("shows a customer its own series only, whatever it asks, by the documented configuration of vmauth")
    func customers() async throws {
        try await Self.staged { scene, storage, folder in
            try await eventually("both are scraped") { try await storage.query("mailstore_up").count == 2 }
            let sample = try #require(try Document("docs/scaling.md").samples.first { $0.contains("for -auth.config") })
            let configuration = try folder.write(
                sample.replacing("http://victoria-metrics:8428", with: storage.url), to: "auth.yml")
            let (proxy, url) = try await Self.start("vmauth", ["-auth.config=\(configuration)"])
            let user = ["--user", "acme:change-me"]
            let api = PrometheusAPI(url: url, arguments: user)
            #expect(try await api.query("mailstore_up").keys.map { $0.labels["customer"] } == ["acme"])
            let parameters = [
                "extra_label=customer=bolt", #"extra_filters[]={customer="bolt"}"#, "extra_filters={target=~\".*\"}",
            ]
            for parameter in parameters {
                for more in [["--get"], []] {
                    let reply = try await CurlReply.get(
                        url + "/api/v1/query",
                        user + more + ["--data", "query=mailstore_up"] + ["--data-urlencode", parameter])
                    #expect(reply.status == 200)
                    #expect(!reply.text.contains("bolt"), "\(parameter): \(reply.text)")
                }
            }
            for path in ["/api/v1/query_range", "/api/v1/series", "/api/v1/labels", "/api/v1/label/customer/values"] {
                let reply = try await CurlReply.get(url + path + "?match[]=mailstore_up&query=mailstore_up", user)
                #expect(reply.status == 200)
                #expect(!reply.text.contains("bolt"), "\(path): \(reply.text)")
            }
            for path in ["/api/v1/export?match[]=mailstore_up", "/api/v1/import/prometheus", "/federate"] {
                #expect(try await CurlReply.get(url + path, user).status == 400, "\(path)")
            }
            #expect(try await CurlReply.get(url + "/api/v1/query?query=mailstore_up").status == 401)
            try await proxy.kill()
        }
    }

    @Test("imports the history with its times and labels")
    func history() async throws {
        try await Self.staged { scene, storage, folder in
            let history = folder["history.om"]
            let program = try Exporter.launch([
                "history", "--since", "4d", "--config.file", folder["config.yml"], "--target", "archive",
                "--without-state", "--output", history,
            ])
            #expect(try await program.waitForEnd() == .exit(0), "\(program.errors)")
            let reply = try await CurlReply.get(
                storage.url + "/api/v1/import/prometheus?extra_label=customer=acme", ["--data-binary", "@\(history)"])
            #expect(reply.status == 204)
            let past = Int(SimulatorOptions.systemClock()) - 86_400
            try await eventually("the past can be queried") {
                // The history has a sample an hour.
                let found = try await storage.query(
                    "last_over_time(mailstore_job_runs_total{customer=\"acme\"}[3h] @ \(past))")
                return found.contains { $0.value > 0 }
            }
        }
    }
}
