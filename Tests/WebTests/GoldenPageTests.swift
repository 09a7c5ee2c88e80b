import Configuration
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
        let bench = try TargetBench(latency: .milliseconds(250)) {
            $0.labels = TargetLabels(["customer": #"Acme "West""#, "tier": "gold"])
        }
        GoldenReplies.fill(bench.server)
        await bench.collect(.server, .license, .users, .sessions, .sessions, .stores, .jobs, .profiles)
        let section = PageRenderer(try MetricCatalogue.make(), format: format).section(
            try #require(bench.sink.page).sources.flatMap(\.blocks))
        #expect(section.leftOut == 0)
        return String(decoding: section.bytes, as: UTF8.self)
    }

    /// The exporter's own part, all that it tells being given.
    private func exporterPage(_ format: Format) throws -> String {
        let bench = try WebBench()
        bench.update(sessions: 12, failures: 4, duplicates: 6)
        bench.store.render()
        var process = ProcessMetrics()
        process.cpuSeconds = 1.25
        process.residentBytes = 20_971_520
        process.virtualBytes = nil
        process.openDescriptors = 17
        process.maximumDescriptors = 1024
        var connections = ConnectionCounts()
        connections.open = 3
        connections.displaced = 4
        connections.displacedOfAddress = 1
        connections.dropped = 2
        connections.overdue = 4
        connections.slow = 2
        let status = ExporterMetrics(
            build: BuildInformation(revision: #"ab"c\d"#, swiftVersion: "6.3"),
            reload: ConfigurationStatus.LastReload(success: Timestamp(secondsSince1970: 1_767_225_600)),
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
        let start = Number.text(try #require(ProcessMetrics.startTime))
        let expected = try golden("exporter-\(format.rawValue)")
            .replacing("@START@", with: start).replacing("@VERSION@", with: BuildInformation.version)
        #expect(try exporterPage(format) == expected)
    }

    @Test("promtool has no complaint about the text page")
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
            let own: Set<String> = series.name == "mailstore_target_info" ? ["customer", "tier"] : []
            #expect(Set(series.labels.keys).isSubset(of: own.union(family.allLabelNames)), "\(series.name)")
        }
    }

    @Test("every family of a MailStore Server is on its page")
    func completeness() throws {
        let page = try ScrapedPage(golden("target-text"))
        let shown = Set(page.series.map(\.name))
        // This target is no Service Provider Edition, has none of its own verifications configured, and no saved state.
        let elsewhere = Set(
            (ExporterMetrics.families + VerificationProgress.families + EnvironmentCollector.families
                + InstancesCollector.families).map(\.name) + ["mailstore_state_age_at_start_seconds"])
        for family in try MetricCatalogue.make().families where !elsewhere.contains(family.name) {
            #expect(!shown.isDisjoint(with: family.sampleNames), "\(family.name)")
        }
    }

    private func golden(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: folder.appending(path: "Golden/\(name).txt"), encoding: .utf8)
    }
}

/// What a server answers for the golden pages: names that are hard to write, and something of every kind.
enum GoldenReplies {
    static func fill(_ server: FakeServer) {
        let certificate = CertificateInfo(
            notAfter: 1_798_761_600, notBefore: 1_700_000_000, subject: "CN=archive", issuer: "CN=archive",
            publicKeyPin: "", verified: true)
        func answer(_ function: InformationalFunction, _ result: String) {
            server.answer(
                function,
                .result(result, date: "Thu, 01 Jan 2026 00:00:05 GMT", certificate: certificate))
        }
        answer(.getServerInfo, #"{"version": "25.3.1.23021", "machineName": "ARCHIV\\\"Süd\" 📧"}"#)
        answer(.getLicenseInformation, #"{"namedUsers": 187, "maxNamedUsers": 250}"#)
        answer(
            .getUsers,
            #"[{"mfaStatus": "Disabled"}, {"mfaStatus": "Enabled"}, {"mfaStatus": "Disabled"}, {"mfaStatus": null}]"#)
        server.answer(.getActiveSessions, .failed("System.UnauthorizedAccessException"), .result("[{}, {}]"))
        answer(.getStores, stores)
        answer(.getJobs, jobs)
        answer(.getJobResults, jobResults)
        answer(.getProfiles, profiles)
        answer(.getWorkerResults, workerResults)
    }

    private static let stores = #"""
        [{"id": 1, "name": "Archiv \"2025\" \\ Süd\n📧 Zürich", "requestedState": "current", "error": null,
        "statisticsCount": 1234567, "statisticsSize": 98765432109, "needsUpgrade": false,
        "searchIndexesNeedRebuild": false},
        {"id": 2, "name": "Ärger ÄÖÜ ß", "requestedState": "writeProtected", "error": "Datei fehlt",
        "statisticsCount": 0, "statisticsSize": null, "needsUpgrade": true, "searchIndexesNeedRebuild": true},
        {"id": 10, "name": "", "requestedState": "Frozen Solid"}]
        """#

    private static let jobs = #"""
        [{"id": 7, "name": "Prüfung \"täglich\"", "action": "VerifyStores --includeIndexes=false", "enabled": true,
        "time": "03:00"},
        {"id": 8, "name": "C:\\Backup\n2", "action": "CreateBackup --path=\"D:\\\\b\"", "enabled": false,
        "interval": 60},
        {"id": 9, "name": "Prüfe 2 🔎", "action": "VerifyStore --id=2", "enabled": true, "interval": "30"}]
        """#

    private static let jobResults = #"""
        [{"jobResultId": "103", "jobId": 9, "action": "VerifyStore", "startTime": "2025-12-31T12:00:00",
        "completeTime": "2025-12-31T12:10:00", "result": "Failed"},
        {"jobResultId": 102, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-31T03:00:00",
        "completeTime": "2025-12-31T03:30:15.5", "result": "succeeded"},
        {"jobResultId": 101, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-30T03:00:00",
        "completeTime": "2025-12-30T03:00:01", "result": "aborted By Admin"}]
        """#

    private static let profiles = #"""
        [{"id": 3, "name": "Postfach \\ \"Info\" 🎄", "serverSideExecution": {"automatic": true}, "details": {}},
        {"id": 4, "name": "Zeile 1\nZeile 2", "serverSideExecution": {"automatic": false}},
        {"id": 5, "name": null}]
        """#

    private static let workerResults = #"""
        [{"id": 9001, "profileId": 3, "startTime": "2025-12-31T22:00:00", "completeTime": "2025-12-31T22:05:00",
        "itemsArchived": 120, "result": "completedWithErrors"},
        {"id": 9002, "profileId": 3, "startTime": "2025-12-31T23:00:00", "completeTime": "2025-12-31T23:01:30",
        "itemsArchived": 0, "result": "succeeded"},
        {"id": 9003, "profileId": 4, "startTime": "2025-12-31T23:30:00", "completeTime": null, "itemsArchived": null,
        "result": "threadAbort"},
        {"id": 9004, "profileId": 99, "profileName": "gone", "startTime": "2025-12-31T23:40:00",
        "completeTime": "2025-12-31T23:41:00", "itemsArchived": 5, "result": "succeeded"}]
        """#
}
