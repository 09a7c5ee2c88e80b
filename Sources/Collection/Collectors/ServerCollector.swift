package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The server itself; its call is also the heartbeat behind `mailstore_up`.
package struct ServerCollector: Collector {
    package static let name = CollectorName.server
    package static let functions = [InformationalFunction.getServerInfo]

    private static let info = FamilyDescriptor(
        "mailstore_server", .info, help: "The edition, version and name of the MailStore server.",
        labels: ["target", "edition", "version", "server_name"], group: name.rawValue)
    package static let families = [info]

    package func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts {
        Facts(info: try await context.api.invoke(.getServerInfo, as: ServerInfo.self, by: context.deadline))
    }

    package struct Facts: CollectedFacts {
        package let info: ServerInfo

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.addInfo(
                ServerCollector.info,
                [("edition", "server"), ("version", info.version ?? ""), ("server_name", info.machineName ?? "")])
        }
    }
}
