package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

extension InformationalFunction {
    package static let getEnvironmentInfo = Self("GetEnvironmentInfo")
    package static let getServiceStatus = Self("GetServiceStatus")
}

/// The version of a Service Provider Edition, its machines and the messages of its service.
///
/// The call of GetEnvironmentInfo also decides `mailstore_up` of such a target.
package struct EnvironmentCollector: Collector {
    package static let name = CollectorName.environment
    package static let functions = [InformationalFunction.getEnvironmentInfo]
    package static let furtherFunctions = [InformationalFunction.getServiceStatus]
    static let severities = ["information", "warning", "error"]

    private static let messages = FamilyDescriptor(
        "mailstore_service_messages", .gauge, help: "Messages of the service's status, by severity.",
        labels: ["target", "severity"], group: name.rawValue)
    private static let active = host("active", help: "Whether the host takes part in the service (1) or not (0).")
    private static let instances = host("instances", help: "Instances on the host.")
    private static let running = host("running_instances", help: "Instances on the host that run.")
    private static let memory = host("memory_bytes", unit: "bytes", help: "Physical memory of the host.")
    private static let hosts = [active, instances, running, memory]
    package static let families = [messages] + hosts

    private static func host(_ name: String, unit: String? = nil, help: String) -> FamilyDescriptor {
        FamilyDescriptor(
            "mailstore_host_" + name, .gauge, unit: unit, help: help, labels: ["target", "server_name", "server_type"],
            group: Self.name.rawValue)
    }

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        var values = Values(info: try await context.call(.getEnvironmentInfo, as: EnvironmentInfo.self))
        guard context.offers(.getServiceStatus) else { return values }
        do throws(APIError) {
            let status = try await context.call(.getServiceStatus, as: ServiceStatus.self)
            values.status = status
            let unknown = status.messageCounts?.filter { !Self.severities.contains($0.severity) } ?? []
            context.target.statistics.countUnknownValues(of: .messageSeverity, unknown.reduce(0) { $0 + $1.count })
        } catch {
            values.failure = error
        }
        return values
    }

    package struct Values: CollectedValues {
        package let info: EnvironmentInfo
        /// `nil` if it could not be read.
        package fileprivate(set) var status: ServiceStatus?
        package fileprivate(set) var failure: APIError?

        /// How many series the values can have at most.
        var mostSeries: Int {
            (status?.hosts?.count ?? 0) * EnvironmentCollector.hosts.count + ResultVocabulary.limit + 1
        }

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.addInfo(
                ServerCollector.info,
                [("edition", "spe"), ("version", info.version ?? ""), ("server_name", info.serverName ?? "")])
            for (severity, count) in status?.messageCounts ?? [] {
                samples.add(EnvironmentCollector.messages, [("severity", severity)], Int64(count))
            }
            for host in status?.hosts ?? [] {
                let labels = [("server_name", host.serverName), ("server_type", host.serverType ?? "")]
                samples.add(EnvironmentCollector.active, labels, host.active)
                samples.add(EnvironmentCollector.instances, labels, host.instances)
                samples.add(EnvironmentCollector.running, labels, host.runningInstances)
                samples.add(EnvironmentCollector.memory, labels, host.memoryBytes)
            }
        }
    }
}

extension ServiceStatus {
    /// The number of messages of each severity, the known ones first; `nil` if they are not known.
    package var messageCounts: [(severity: String, count: Int)]? {
        guard let messages else { return nil }
        var vocabulary = ResultVocabulary(known: EnvironmentCollector.severities)
        var counts = Dictionary(uniqueKeysWithValues: EnvironmentCollector.severities.map { ($0, 0) })
        for message in messages { counts[vocabulary.admit(message.severity).word, default: 0] += 1 }
        let others = counts.keys.filter { !EnvironmentCollector.severities.contains($0) }.sorted()
        return (EnvironmentCollector.severities + others).map { ($0, counts[$0] ?? 0) }
    }
}
