import Exposition
import MailStoreAPI

/// The server itself; its call is also the heartbeat behind `mailstore_up`.
struct ServerCollector: Collector {
    static let name = CollectorName.server
    static let functions = [InformationalFunction.getServerInfo]

    private static let info = FamilyDescriptor(
        "mailstore_server", .info, help: "The edition, version and name of the MailStore server.",
        labels: ["target", "edition", "version", "server_name"], group: name.rawValue)
    static let families = [info]

    func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts {
        Facts(info: try await context.api.invoke(.getServerInfo, as: ServerInfo.self, by: context.deadline))
    }

    struct Facts: CollectedFacts {
        let info: ServerInfo

        func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.addInfo(
                ServerCollector.info,
                [("edition", "server"), ("version", info.version ?? ""), ("server_name", info.machineName ?? "")])
        }
    }
}
