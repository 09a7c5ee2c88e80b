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

@Suite("Many servers", .timeLimit(.minutes(6)))
struct ManyServersTests {
    private static let names = ["berlin", "wien", "zuerich", "basel"]

    /// A configuration with as many targets as there are names, all of them the same server.
    private static func configuration(
        for simulator: Simulator, in folder: TemporaryFolder, state: String = "state"
    ) throws -> String {
        let passwordFile = try folder.write(Scene.password + "\n", to: "password")
        let targets = names.map { ConfigurationText.Target(simulator, name: $0, passwordFile: passwordFile) }
        let text = ConfigurationText(targets: targets, stateDirectory: folder[state])
        return try folder.write(text.yaml, to: "\(state).yml")
    }

    /// A scrape configuration that `docs/installation.md` offers for `/probe`.
    ///
    /// - Parameter beginning: How the paragraph before it begins.
    static func scrapeConfiguration(
        for address: String, after beginning: String = "- **One by one**", interval: String = "1s"
    ) throws -> String {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
        let document = try String(contentsOf: root.appending(path: "docs/installation.md"), encoding: .utf8)
        let section = try #require(document.range(of: "\n## Many servers\n"))
        let paragraph = try #require(document.range(of: beginning, range: section.upperBound..<document.endIndex))
        let start = try #require(document.range(of: "  ```yaml\n", range: paragraph.upperBound..<document.endIndex))
        let end = try #require(document.range(of: "  ```\n", range: start.upperBound..<document.endIndex))
        let text = document[start.upperBound..<end.lowerBound].replacing("127.0.0.1:9463", with: address)
        return "global:\n  scrape_interval: \(interval)\n"
            + text.split(separator: "\n").map { $0.dropFirst(2) + "\n" }.joined()
    }

    @Test("are found and scraped one by one by the documented configuration")
    func probes() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            let exporter = try await Exporter(configuration: try Self.configuration(for: simulator, in: folder))
            try await exporter.page(until: "all are collected") { page in
                Self.names.allSatisfy { page.succeeded(target: $0) }
            }
            let text = try Self.scrapeConfiguration(for: exporter.addresses[0])
            let prometheus = try await PrometheusServer(configuration: text, in: folder)
            var found: [Page.Series: Double] = [:]
            try await eventually("Prometheus has scraped all of them") {
                found = try await prometheus.query("count by (target, dummy) (mailstore_up == 1) == 1")
                return found.count == Self.names.count
            }
            var own: [Page.Series: Double] = [:]
            try await eventually("Prometheus has scraped the exporter's own metrics") {
                own = try await prometheus.query(#"{job="mailstore-exporter", __name__=~"mailstore_.*"}"#)
                return own.keys.contains { $0.name == "mailstore_exporter_build_info" }
            }
            #expect(!own.keys.contains { $0.labels["target"] != nil })
            let probed = try await prometheus.query(#"{job="mailstore", __name__=~"mailstore_exporter.*"}"#)
            #expect(probed.isEmpty)
            try await prometheus.program.kill()
            try await exporter.program.kill()
        }
    }

    @Test("are shared out among several exporters, each taken once")
    func shards() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            var taken: [String] = []
            for number in 1...3 {
                let configuration = try Self.configuration(for: simulator, in: folder, state: "state\(number)")
                let exporter = try await Exporter(["--config.file", configuration, "--shard", "\(number)/3"])
                try await eventually("every target has been tried") {
                    try await exporter.get("/-/ready").status == 200
                }
                let page = try await exporter.page()
                let own = page.labelValues("target", of: "mailstore_up")
                #expect(page.value("mailstore_exporter_shard_info", ["shard": "\(number)", "shards": "3"]) == 1)
                #expect(exporter.log.contains("shard=\(number)/3 targets=\(own.count)"), "\(exporter.log)")
                let listed = try await exporter.get("/sd").text
                for name in Self.names {
                    #expect(listed.contains("\"\(name)\"") == own.contains(name))
                    let probe = try await exporter.get("/probe?target=\(name)")
                    #expect(probe.status == (own.contains(name) ? 200 : 404))
                    let other = probe.text.firstMatch(of: /ask the one with --shard=(\d)\/3\./).map { $0.output.1 }
                    #expect((other == nil) == own.contains(name), "\(probe.text)")
                    #expect(other.map(String.init) != "\(number)")
                }
                taken += own
                try await exporter.program.kill()
            }
            #expect(taken.sorted() == Self.names.sorted())
        }
    }
}
