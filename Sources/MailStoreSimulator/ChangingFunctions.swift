/// Functions that maintain the archive, all of them long-running processes.
///
/// Only their names are documented: durations, log lines and most arguments are made up.
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
            if let id, !world.openStores.contains(where: { $0.id == id }) { throw .unknownStore(id) }
            return .process(
                ProcessPlan(
                    firstLine: "\(name)...\r\n", seconds: seconds, ending: .succeeded(.null),
                    effect: .command(name, store: id)))
        }
    }
}

/// A few functions that change settings, for tests of clients that must ask before such a call.
enum ChangingFunctions {
    static let all: [APIFunction] = [
        APIFunction(
            name: "RenameStore", arguments: [.number("id"), .string("name")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            guard world.rename(store: id, to: arguments.string("name") ?? "") else { throw .unknownStore(id) }
            return .result(.null)
        },
        APIFunction(
            name: "SetStoreRequestedState", arguments: [.number("id"), .string("requestedState")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            let state = arguments.string("requestedState") ?? ""
            guard let index = world.stores.firstIndex(where: { $0.id == id }) else { throw .unknownStore(id) }
            guard ["current", "normal", "writeProtected", "disabled"].contains(state) else {
                throw APIFailure("System.ArgumentException", "Requested value '\(state)' was not found.")
            }
            for other in world.stores.indices where state == "current" && world.stores[other].requestedState == state {
                world.stores[other].requestedState = "normal"
            }
            world.stores[index].requestedState = state
            return .result(.null)
        },
        APIFunction(
            name: "SetJobEnabled", arguments: [.number("id"), .bool("enabled")]
        ) { (world, arguments) throws(APIFailure) in
            let id = arguments.number("id") ?? 0
            guard let index = world.jobs.firstIndex(where: { $0.id == id }) else {
                throw APIFailure("System.ArgumentException", "Job #\(id) does not exist.")
            }
            world.jobs[index].enabled = arguments.bool("enabled")
            return .result(.null)
        },
        APIFunction(name: "DeleteUser", arguments: [.string("userName")]) { (world, arguments) throws(APIFailure) in
            let name = arguments.string("userName") ?? ""
            guard world.users.contains(where: { $0.userName == name }) else {
                throw APIFailure("System.ArgumentException", "User \(name) does not exist.")
            }
            world.users.removeAll { $0.userName == name }
            return .result(.null)
        },
    ]
}
