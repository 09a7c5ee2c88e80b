import Testing

@testable import Kit

@Suite("What the program carries")
struct EmbeddingTests {
    @Test("is every file of the sources, byte for byte")
    func sameAsSources() throws {
        let sources = try Repository.kitSources()
        let carried = Dictionary(uniqueKeysWithValues: KitSources.all.map { ($0.name, $0.text) })
        for name in Set(sources.keys).union(carried.keys).sorted() {
            // Bytes: texts that only look the same are equal to Swift.
            let isSame = carried[name].map { Array($0.utf8) } == sources[name].map { Array($0.utf8) }
            #expect(
                isSame,
                "\(name) is not what lies in the sources: build anew (touch Package.swift, then swift build)")
        }
    }

    @Test("has its parts")
    func parts() {
        let names = Set(KitSources.all.map(\.name))
        let expected = [
            "alerts/mailstore.rules.yml", "alerts/windows-volume.rules.yml", "alerts/alertmanager-example.yml",
            "alerts/runbook.md", "dashboards/mailstore-fleet.json", "dashboards/mailstore-server.json",
            "dashboards/mailstore-jobs.json", "dashboards/mailstore-storage.json", "dashboards/mailstore-exporter.json",
            "files/README.md", "files/mailstore_exporter.yml", "files/systemd/mailstore_exporter.service",
            "files/prometheus/prometheus.yml", "files/grafana/provisioning/dashboards/mailstore.yml",
        ]
        for name in expected { #expect(names.contains(name), "\(name) is missing") }
        // Neither tests nor what dashboards are generated from.
        #expect(names.allSatisfy { !$0.contains("test") && !$0.contains("source") })
    }
}
