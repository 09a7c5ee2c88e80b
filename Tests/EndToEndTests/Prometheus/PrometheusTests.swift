import Foundation
import MailStoreSimulator
import Testing

@Suite("A real Prometheus server")
struct PrometheusTests {
    private static let days = 20

    /// Sets the scene: three weeks of runs, a clock that stands still in the middle of a minute.
    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await Scene.with { options in
            options.start = (SimulatorOptions.systemClock() / 60).rounded(.down) * 60 + 30
            options.history = 25
            options.quirks.workerResultsLimit = 500
        } configure: { configuration in
            configuration.collection["lookback"] = "\(Self.days)d"
            configuration.collection["timeout"] = "30s"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            try await body(scene)
        }
    }

    @Test("finds every value that the server holds, by way of both formats")
    func values() async throws {
        try await withScene { scene in
            let proxy = try TextProxy(to: scene.exporter.addresses[0])
            defer { proxy.stop() }
            let prometheus = try await PrometheusServer(
                scraping: ["openmetrics": scene.exporter.addresses[0], "text": proxy.address], in: scene.folder)
            try await eventually("both scrape jobs are up") {
                let up = try await prometheus.query("sum(up) == 2")
                let collected = try await prometheus.query("count(mailstore_up) == 2")
                return up.count == 1 && collected.count == 1
            }
            // An Info family loses its suffix in OpenMetrics only: so both formats were spoken.
            #expect(try await prometheus.type(of: "mailstore_server", in: "openmetrics") == "info")
            #expect(try await prometheus.type(of: "mailstore_server_info", in: "text") == "gauge")

            let expected = ExpectedSamples(scene.simulator.state(), lookback: Self.days * 86_400).samples
            try #require(expected.count > 200)
            for job in ["openmetrics", "text"] {
                let all = try await prometheus.query("{job=\"\(job)\", __name__=~\"mailstore_.*\"}")
                let found = all.filter { ExpectedSamples.isAboutTheWorld($0.key.name) }
                for (series, value) in expected {
                    #expect(found[series] == value, "\(series) by \(job)")
                }
                #expect(Set(found.keys).subtracting(expected.keys) == [], "\(job) says more than there is")
                let others = all.filter { !ExpectedSamples.isAboutTheWorld($0.key.name) }
                #expect(others[.init(name: "mailstore_up", labels: ["target": "archive"])] == 1)
                #expect(others.count { $0.key.name == "mailstore_collector_success" && $0.value == 1 } == 7)
                #expect(try await prometheus.query("up{job=\"\(job)\"}").values.first == 1)
            }
            // A window of so many days has too many rows for the server and was read in halves.
            let page = try await scene.exporter.page()
            #expect(page.errors("GetWorkerResults", "api_error") > 0)
            #expect(
                page.value("mailstore_api_results_unreadable_windows_total", ["function": "GetWorkerResults"]) == 0)
            #expect(
                page.value(
                    "mailstore_api_error_structure_total",
                    ["function": "GetWorkerResults", "exception": "System.InvalidOperationException"]) ?? 0 > 0)
            try await prometheus.program.kill()
        }
    }

    @Test("has nothing to say against the page when promtool checks it")
    func lint() async throws {
        try await withScene { scene in
            let reply = try await scene.exporter.get("/metrics", ["--header", "Accept: text/plain;version=0.0.4"])
            #expect(reply.status == 200)
            #expect(reply.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let page = try scene.folder.write(reply.text, to: "page")
            let promtool = try RunningProgram("sh", ["-c", "exec promtool check metrics < \(page)"])
            #expect(try await promtool.waitForEnd() == .exit(0))
            #expect(promtool.output + promtool.errors == "")
        }
    }
}
