/// Functions that keep the archive in order; they run as long processes.
///
/// Only their names are documented: durations, log lines and most arguments are inventions.
enum MaintenanceFunctions {
    static let all: [APIFunction] = [
        maintenance("CompactStore", [.number("id")], seconds: 120),
        maintenance("CompactMasterDatabase", seconds: 60),
        maintenance("MaintainFileSystemDatabases", seconds: 90),
        maintenance("RefreshAllStoreStatistics", seconds: 20),
        maintenance("RebuildStoreIndex", [.number("id"), .string("folder")], seconds: 60),
        maintenance("RebuildSelectedStoreIndexes", seconds: 300),
        maintenance("RecoverStore", [.number("id"), .bool("encryptNewFiles", nullable: true)], seconds: 600),
        maintenance("RecreateRecoveryRecords", [.number("id")], seconds: 200),
        maintenance("RepairStoreDatabase", [.number("id")], seconds: 200),
        maintenance("UpgradeStores", seconds: 400, isNew: true),
        maintenance(
            "CreateBackup", [.string("path"), .bool("excludeSearchIndexes", nullable: true)], seconds: 900),
        maintenance("ProcessRetentionPolicies", seconds: 40),
        maintenance("SyncUsersWithDirectoryServices", [.bool("dryRun", nullable: true)], seconds: 15),
        maintenance(
            "SendStatusReport", [.string("timespan"), .string("timeZoneId"), .string("recipients")], seconds: 5),
    ]

    private static func maintenance(
        _ name: String,
        _ arguments: [APIFunction.Argument] = [],
        seconds: Double,
        isNew: Bool = false
    ) -> APIFunction {
        APIFunction(name: name, arguments: arguments, isNew: isNew) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id")
            if let id, !world.stores.contains(where: { $0.id == id }) { throw .unknownStore(id) }
            return .process(
                ProcessPlan(
                    begin: "\(name)...\r\n", seconds: seconds, ending: .succeeded(.null),
                    effect: .command(name, store: id)))
        }
    }
}
