import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// The families of the instances.
enum InstanceFamilies {
    private static func family(
        _ name: String, _ type: MetricType = .gauge, unit: String? = nil, labels: [String] = [], state: String? = nil,
        help: String
    ) -> FamilyDescriptor {
        FamilyDescriptor(
            "mailstore_instance" + name, type, unit: unit, help: help, labels: ["target", "instance_id"] + labels,
            stateLabel: state, group: InstancesCollector.name.rawValue)
    }

    private static let info = family(
        "", .info, labels: ["instance_name", "alias", "host", "start_mode"],
        help: "The name, alias and host of the instance.")
    private static let up = family(
        "_up", help: "Whether all calls on the instance worked the last time (1) or not (0); absent if it is stopped.")
    private static let status = family("_status", .stateset, state: "status", help: "The status of the instance.")
    private static let startStopError = family(
        "_start_stop_error", help: "Whether starting or stopping the instance failed (1) or not (0).")
    private static let providerAccess = family(
        "_provider_access",
        help: "Whether service provider access to the instance is on (1) or not (0); without it, some data is missing.")
    private static let canArchive = family(
        "_can_archive", help: "Whether profiles of the instance can archive (1) or not (0).")
    private static let lastCollection = family(
        "_last_collection_timestamp_seconds", unit: "seconds",
        help: "When all that the instance allows was last collected, in seconds since 1970.")
    private static let messages = family("_messages", help: "Messages in the instance.")
    private static let size = family(
        "_size_bytes", unit: "bytes", labels: ["part"], help: "Size of the instance: database, content, index.")
    private static let cpu = family(
        "_cpu_seconds", .counter, unit: "seconds", help: "CPU time of the instance's process since its start.")
    private static let counters: [(family: FamilyDescriptor, total: ProcessStatistics.Total)] = [
        (family("_io_read_bytes", .counter, unit: "bytes", help: "Bytes read by the instance's process."), .readBytes),
        (
            family("_io_written_bytes", .counter, unit: "bytes", help: "Bytes written by the instance's process."),
            .writtenBytes
        ),
        (
            family("_remote_procedure_calls", .counter, help: "Calls that the instance's process answered."),
            .remoteProcedureCalls
        ),
        (
            family("_messages_archived", .counter, help: "Messages archived by the instance's process."),
            .messagesArchived
        ),
        (family("_messages_checked", .counter, help: "Messages checked by the instance's process."), .messagesChecked),
    ]
    private static let memory = family(
        "_private_memory_bytes", unit: "bytes", help: "Private memory of the instance's process.")

    static let all =
        [info, up, status, startStopError, providerAccess, canArchive, lastCollection, messages, size, cpu]
        + counters.map(\.family) + [memory]

    /// The most series of an instance: its status may be a word that is not known, and its size has three parts.
    static let mostSeries = all.count + InstancesCollector.states.count + 2

    static func write(_ entry: InstanceTable.Entry, to samples: inout SampleWriter) {
        let (instance, facts) = (entry.instance, entry.facts)
        samples.addInfo(
            info,
            [
                ("instance_name", samples.name(instance.displayName)), ("alias", samples.name(instance.alias)),
                ("host", instance.host ?? ""), ("start_mode", instance.startMode ?? ""),
            ])
        samples.add(up, [], entry.isUp)
        samples.addStates(
            status, [], InstancesCollector.states, current: entry.status)
        samples.add(startStopError, [], instance.hasStartStopError)
        samples.add(providerAccess, [], facts.providerAccess)
        samples.add(canArchive, [], facts.canArchive)
        samples.add(lastCollection, [], entry.lastCollection?.secondsSince1970)
        samples.add(messages, [], facts.statistics?.messages)
        for (part, megabytes) in [
            ("database", facts.statistics?.databaseMegabytes), ("content", facts.statistics?.contentMegabytes),
            ("index", facts.statistics?.indexMegabytes),
        ] {
            samples.add(size, [("part", part)], megabytes.map { $0 * 1_048_576 })
        }
        guard let process = facts.process else { return }
        samples.add(cpu, [], process.totals[.processorMilliseconds].map { Double($0) / 1000 })
        for (family, total) in counters { samples.add(family, [], process.totals[total]) }
        samples.add(memory, [], process.privateMemoryBytes)
    }
}
