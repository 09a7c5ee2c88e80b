package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The server's version and name; its call also decides `mailstore_up`.
package struct ServerCollector: Collector {
    package static let name = CollectorName.server
    package static let functions = [InformationalFunction.getServerInfo]

    /// The collector ``EnvironmentCollector`` writes it too.
    static let info = FamilyDescriptor(
        "mailstore_server", .info, help: "The edition, version and name of the MailStore server.",
        labels: ["target", "edition", "version", "server_name"], group: name.rawValue)
    package static let families = [info]

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        Values(info: try await context.call(.getServerInfo, as: ServerInfo.self))
    }

    package struct Values: CollectedValues {
        package let info: ServerInfo

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.addInfo(
                ServerCollector.info,
                [("edition", "server"), ("version", info.version ?? ""), ("server_name", info.machineName ?? "")])
        }
    }
}
