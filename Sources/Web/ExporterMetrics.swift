import Collection
import Configuration
package import Exposition
import MailStoreAPI
import MicroHTTPServer
import OperatingSystem

/// Every family that the exporter can export: the interface for dashboards, alerts and queries.
package enum MetricCatalogue {
    /// The families, in page order.
    ///
    /// - Throws: ``CatalogueError`` if two declarations contradict each other, which is a bug.
    package static func make() throws(CatalogueError) -> Catalogue {
        try Catalogue(
            TargetFamilies.families + Collectors.all.flatMap { type(of: $0).families } + VerificationOutcomes.families
                + ExporterMetrics.families)
    }
}

/// The exporter's own metrics.
struct ExporterMetrics: Sendable {
    var build: BuildInformation
    var reload: ConfigurationStatus.LastReload
    /// `nil` if all targets belong to this exporter.
    var shard: Shard?
    var requests: [HTTPRequestCounter.Key: UInt64]
    var connections: ConnectionCounts
    var snapshot: Snapshot
    var process: ProcessMetrics

    private static func family(
        _ name: String, _ type: MetricType, unit: String? = nil, _ labels: [String] = [], help: String
    ) -> FamilyDescriptor {
        FamilyDescriptor(name, type, unit: unit, help: help, labels: labels, group: "exporter")
    }

    private static let buildInfo = family(
        "mailstore_exporter_build", .info, ["version", "revision", "swift_version"],
        help: "Version, revision and Swift version of this build of the exporter.")
    private static let reloadSuccessful = family(
        "mailstore_exporter_config_last_reload_successful", .gauge,
        help: "Whether the last reload of the configuration succeeded (1) or not (0).")
    private static let reloadTime = family(
        "mailstore_exporter_config_last_reload_success_timestamp_seconds", .gauge, unit: "seconds",
        help: "When the configuration was last loaded successfully, in seconds since 1970.")
    private static let targetFiles = family(
        "mailstore_exporter_target_files", .gauge, ["state"],
        help: "Target files that are valid, and that are not; absent without target_files.")
    private static let shardInfo = family(
        "mailstore_exporter_shard", .info, ["shard", "shards"],
        help: "The shard of this exporter and the number of shards; absent without --shard.")
    private static let requests = family(
        "mailstore_exporter_http_requests", .counter, ["path", "code"],
        help: "HTTP requests answered, by path and status; paths that do not exist count as other.")
    private static let connections = family(
        "mailstore_exporter_http_connections", .gauge, help: "Connections to the web endpoint that are open now.")
    private static let closedConnections = family(
        "mailstore_exporter_http_connections_refused", .counter, ["reason"],
        help: "Connections refused or closed by the web endpoint, by reason.")
    private static let series = family(
        "mailstore_exporter_series", .gauge, help: "Series on the page of metrics.")
    private static let snapshotBytes = family(
        "mailstore_exporter_snapshot_bytes", .gauge, unit: "bytes", ["format"],
        help: "Size of the metrics of all targets, by format, uncompressed.")
    private static let duplicates = family(
        "mailstore_exporter_duplicate_series", .counter,
        help: "Series left out as duplicates, counted at each collection.")
    private static let saveFailures = family(
        "mailstore_exporter_state_save_failures", .counter, help: "Failed attempts to save state.")
    private static let cpu = family(
        "process_cpu_seconds", .counter, unit: "seconds", help: "User and system CPU time spent.")
    private static let resident = family(
        "process_resident_memory_bytes", .gauge, unit: "bytes", help: "Resident memory size.")
    private static let virtual = family(
        "process_virtual_memory_bytes", .gauge, unit: "bytes", help: "Virtual memory size.")
    private static let openDescriptors = family("process_open_fds", .gauge, help: "Open file descriptors.")
    private static let maximumDescriptors = family(
        "process_max_fds", .gauge, help: "The limit on open file descriptors.")
    private static let startTime = family(
        "process_start_time_seconds", .gauge, unit: "seconds",
        help: "When the process was started, in seconds since 1970.")

    static let families = [
        buildInfo, reloadSuccessful, reloadTime, targetFiles, shardInfo, requests, connections, closedConnections,
        series, snapshotBytes,
        duplicates, saveFailures, cpu, resident, virtual, openDescriptors, maximumDescriptors, startTime,
    ]

    /// The blocks of all families.
    func blocks() -> [FamilyBlock] {
        var blocks = [
            block(Self.reloadSuccessful, reload.wasSuccessful ? 1 : 0),
            block(Self.reloadTime, reload.success.secondsSince1970),
            block(Self.duplicates, Double(snapshot.duplicates)),
            block(Self.saveFailures, Double(snapshot.stateSaveFailures)),
            block(Self.cpu, process.cpuSeconds),
            block(Self.resident, process.residentBytes),
            block(Self.virtual, process.virtualBytes),
            block(Self.openDescriptors, process.openDescriptors),
            block(Self.maximumDescriptors, process.maximumDescriptors),
            block(Self.startTime, ProcessMetrics.startTime),
        ]
        var info = FamilyBlock.Builder(Self.buildInfo)
        info.addInfo(labels: [
            ("version", BuildInformation.version), ("revision", build.revision),
            ("swift_version", build.swiftVersion),
        ])
        var files = FamilyBlock.Builder(Self.targetFiles)
        if reload.targetFiles.isUsed {
            files.add(labels: [("state", "valid")], Double(reload.targetFiles.validFiles))
            files.add(labels: [("state", "invalid")], Double(reload.targetFiles.invalidFiles))
        }
        var shards = FamilyBlock.Builder(Self.shardInfo)
        if let shard {
            shards.addInfo(labels: [("shard", String(shard.number)), ("shards", String(shard.count))])
        }
        var counts = FamilyBlock.Builder(Self.requests)
        for (key, count) in requests.sorted(by: { $0.key < $1.key }) {
            counts.add(labels: [("path", key.path), ("code", String(key.status))], Double(count))
        }
        var closed = FamilyBlock.Builder(Self.closedConnections)
        for (reason, count) in [
            ("limit", connections.displaced + connections.displacedOfAddress + connections.dropped),
            ("overdue", connections.overdue), ("slow", connections.slow),
            ("certificate", connections.rejectedCertificates), ("resources", connections.failedAccepts),
        ] {
            closed.add(labels: [("reason", reason)], Double(count))
        }
        var sizes = FamilyBlock.Builder(Self.snapshotBytes)
        for format in Format.allCases {
            sizes.add(labels: [("format", format.rawValue)], Double(snapshot[format].section.byteCount))
        }
        blocks += [
            info.finish(), files.finish(), shards.finish(), counts.finish(),
            block(Self.connections, Double(connections.open)), closed.finish(),
            sizes.finish(),
        ]
        // The series with this count is included.
        let own = blocks.reduce(1) { $0 + $1.seriesCount }
        return blocks + [block(Self.series, Double(snapshot.text.section.seriesCount + own))]
    }

    private func block(_ family: FamilyDescriptor, _ value: Double?) -> FamilyBlock {
        var builder = FamilyBlock.Builder(family)
        if let value { builder.add(labels: [], value) }
        return builder.finish()
    }
}
