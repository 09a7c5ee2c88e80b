import Foundation
import MailStoreSimulator
import TestSupport
import Testing

@testable import Configuration

@Suite("The document about scaling", .timeLimit(.minutes(6)))
struct ScalingTests {
    private let document: Document

    init() throws {
        document = try Document("docs/scaling.md")
    }

    @Test("specifies the hash of the shards so that others can compute it")
    func hash() async throws {
        let function = try #require(document.part(from: "```python\n", to: "```"))
        let names = (0..<200).map { "mailstore-\($0)" } + ["archive", "headquarters", "branch", "a", "A_1.b"]
        let folder = try TemporaryFolder()
        let program = """
            \(function)
            for name in \(names):
                print(*[shard(name, shards) for shards in (1, 2, 3, 16, 1000)])
            """
        let python = try RunningProgram("python3", [try folder.write(program, to: "shard.py")])
        #expect(try await python.waitForEnd() == .exit(0), "\(python.errors)")
        let shards = try [1, 2, 3, 16, 1000].map { try Shard(parsing: "1/\($0)") }
        let expected = names.map { name in shards.map { "\($0.owner(of: name).number)" }.joined(separator: " ") }
        #expect(python.output.split(separator: "\n").map(String.init) == expected)
        let examples = document.text.matches(of: /`(\w+)` (?:belongs )?to (\d\/3)/)
        #expect(examples.count == 3)
        for example in examples {
            #expect(shards[2].owner(of: String(example.output.1)).description == example.output.2)
        }
    }

    @Test("has scrape configurations that Prometheus accepts")
    func configurations() async throws {
        let samples = document.samples.filter { $0.hasPrefix("scrape_configs:") }
        #expect(samples.count == 3)
        let folder = try TemporaryFolder()
        for sample in samples {
            let check = try RunningProgram(
                "promtool", ["check", "config", try folder.write(sample, to: "prometheus.yml")])
            #expect(try await check.waitForEnd() == .exit(0), "\(check.output)\(check.errors)")
        }
    }

    @Test("has a scrape configuration with which Prometheus asks each shard for its own targets")
    func shards() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 1 })
            defer { simulator.stop() }
            let names = ["archive", "berlin", "wien", "zuerich", "basel", "linz"]
            var text = try #require(document.samples.first { $0.contains("http://exporter-1:9463/sd") })
            var exporters: [Exporter] = []
            for number in 1...2 {
                let configuration = try Scene.configuration(for: simulator, in: folder) { text in
                    let first = text.targets[0]
                    text.targets = names.map { name in
                        var target = first
                        target.name = name
                        return target
                    }
                    text.stateDirectory += "\(number)"
                }
                let exporter = try await Exporter(["--config.file", configuration, "--shard", "\(number)/2"])
                exporters.append(exporter)
                text = text.replacing("exporter-\(number):9463", with: exporter.addresses[0])
            }
            let prometheus = try await PrometheusServer(
                configuration: "global: { scrape_interval: 1s }\n" + text, in: folder)
            var found: [Page.Series: Double] = [:]
            try await eventually("Prometheus has scraped all of them") {
                found = try await prometheus.query(#"count by (target) (mailstore_up{job="mailstore"} == 1)"#)
                return found.count == names.count
            }
            #expect(Set(found.keys.compactMap { $0.labels["target"] }) == Set(names))
            #expect(found.values.allSatisfy { $0 == 1 })
            #expect(try await prometheus.query(#"up{job="mailstore"} == 0"#).isEmpty)
            try await prometheus.program.kill()
            for exporter in exporters { try await exporter.program.kill() }
        }
    }
}
