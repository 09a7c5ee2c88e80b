import Exposition
import Foundation
import MailStoreAPI
import MicroHTTPServer
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem
@testable import Web

@Suite("The exporter's pages are byte for byte as the golden files have them", .timeLimit(.minutes(1)))
struct GoldenPageTests {
    /// What a target has on the page after each collector has run once, the sessions' twice: each call takes 250 ms.
    private func targetPage(_ format: Format) async throws -> String {
        let bench = try TargetBench(latency: .milliseconds(250))
        GoldenReplies.fill(bench.server)
        await bench.collect(.server, .license, .users, .sessions, .sessions, .stores, .jobs, .profiles)
        let section = PageRenderer(try MetricCatalogue.make(), format: format).section(
            try #require(bench.sink.page).blocks)
        #expect(section.leftOut == 0)
        return String(decoding: section.bytes, as: UTF8.self)
    }

    /// The exporter's own part, all that it tells being given.
    private func exporterPage(_ format: Format) throws -> String {
        let bench = try WebBench()
        bench.update(sessions: 12, failures: 4, duplicates: 6)
        bench.store.render()
        var process = ProcessFacts()
        process.cpuSeconds = 1.25
        process.residentBytes = 20_971_520
        process.virtualBytes = nil
        process.openDescriptors = 17
        process.maximumDescriptors = 1024
        var connections = ConnectionCounts()
        connections.open = 3
        connections.refused = 5
        connections.dropped = 2
        connections.overdue = 4
        let status = ExporterStatus(
            build: BuildInformation(revision: #"ab"c\d"#, swiftVersion: "6.3"),
            reload: ReloadStatus.Value(lastSuccess: Timestamp(secondsSince1970: 1_767_225_600)),
            requests: [
                HTTPRequestCounter.Key(path: "other", status: 404): 1,
                HTTPRequestCounter.Key(path: "/metrics", status: 200): 12,
                HTTPRequestCounter.Key(path: "/metrics", status: 405): 2,
            ], connections: connections, snapshot: bench.store.snapshot, process: process)
        let section = PageRenderer(try MetricCatalogue.make(), format: format).section(status.blocks(), isLast: true)
        return String(decoding: section.bytes, as: UTF8.self)
    }

    @Test("a target", arguments: Format.allCases)
    func target(format: Format) async throws {
        #expect(try await targetPage(format) == golden("target-\(format.rawValue)"))
    }

    @Test("the exporter itself", arguments: Format.allCases)
    func exporter(format: Format) throws {
        // Two things are not for the test to choose: when the process was started, and which version this is.
        let start = Number.text(try #require(ProcessFacts.startTime))
        let expected = try golden("exporter-\(format.rawValue)")
            .replacing("@START@", with: start).replacing("@VERSION@", with: BuildInformation.version)
        #expect(try exporterPage(format) == expected)
    }

    @Test("promtool finds nothing to say about the text page")
    func promtool() async throws {
        let page = try await targetPage(.text) + exporterPage(.text)
        let output = try await Program.run(
            "promtool", ["check", "metrics"], input: Array(page.utf8), mergesErrors: true)
        #expect(output.text == "")
        #expect(output.exitCode == 0)
    }

    @Test("every name and label on them is in the catalogue", arguments: ["target-text", "exporter-text"])
    func names(file: String) throws {
        let catalogue = try MetricCatalogue.make()
        let page = try ScrapedPage(golden(file).replacing("@START@", with: "1"))
        #expect(!page.series.isEmpty)
        for series in page.series {
            let family = try #require(catalogue.family(ofSample: series.name), "\(series.name)")
            #expect(Set(series.labels.keys).isSubset(of: family.allLabelNames), "\(series.name)")
        }
    }

    @Test("every family of a MailStore Server is on its page")
    func completeness() throws {
        let page = try ScrapedPage(golden("target-text"))
        let shown = Set(page.series.map(\.name))
        // This target is no Service Provider Edition, and has none of its own verifications configured.
        let elsewhere = Set(
            (ExporterStatus.families + VerificationProgress.families + ServiceProviderFamilies.families).map(\.name))
        for family in try MetricCatalogue.make().families where !elsewhere.contains(family.name) {
            #expect(!shown.isDisjoint(with: family.sampleNames), "\(family.name)")
        }
    }

    private func golden(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: folder.appending(path: "Golden/\(name).txt"), encoding: .utf8)
    }
}
