import Foundation
import MailStoreSimulator
import Testing

@Suite("Many servers", .timeLimit(.minutes(3)))
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

    /// The scrape configuration that `docs/installation.md` offers for `/probe`.
    private static func scrapeConfiguration(for address: String) throws -> String {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
        let document = try String(contentsOf: root.appending(path: "docs/installation.md"), encoding: .utf8)
        let section = try #require(document.range(of: "\n## Many servers\n"))
        let start = try #require(document.range(of: "  ```yaml\n", range: section.upperBound..<document.endIndex))
        let end = try #require(document.range(of: "  ```\n", range: start.upperBound..<document.endIndex))
        let text = document[start.upperBound..<end.lowerBound].replacing("127.0.0.1:9463", with: address)
        return "global:\n  scrape_interval: 1s\n" + text.split(separator: "\n").map { $0.dropFirst(2) + "\n" }.joined()
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
            let own = try await prometheus.query(#"{job="mailstore-exporter", __name__=~"mailstore_.*"}"#)
            #expect(own.keys.contains { $0.name == "mailstore_exporter_build_info" })
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
                taken += try await exporter.page().labelValues("target", of: "mailstore_up")
                try await exporter.program.kill()
            }
            #expect(taken.sorted() == Self.names.sorted())
        }
    }
}
