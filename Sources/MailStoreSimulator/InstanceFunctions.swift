/// Functions about one instance of the Service Provider Edition (`docs/api.md`, "Service Provider Edition").
enum InstanceFunctions {
    static let all: [APIFunction] = [
        function("GetArchiveAdminEnabled", .notNeeded) { instance, _ in .bool(instance.hasProviderAccess) },
        function("CanRunArchiveProfiles") { instance, _ in .bool(!instance.operation.isInSafeMode) },
        function("GetInstanceConfiguration") { instance, _ in
            [
                "instanceID": .string(instance.instanceID),
                "alias": .optional(instance.alias),
                "displayName": .string(instance.displayName),
                "instanceHost": .string(instance.instanceHost),
                "startMode": .string(instance.startMode),
                "baseDirectory": .string(#"D:\MailStoreSPE\"# + instance.instanceID),
                "vssWriterEnabled": true,
                "debugLogEnabled": false,
            ]
        },
        function("GetInstanceStatistics", body: statistics),
        function("GetInstanceProcessLiveStatistics") { instance, _ in liveStatistics(of: instance) },
        // A monitoring program must never call this one; tests search its output for its secret.
        APIFunction(
            "GetUserInfo", [.string("instanceID"), .string("userName")], .needed,
            .instance { instance, arguments in
                ["userName": .optional(arguments.string("userName")), "notes": .string(Simulator.plantedSecret)]
            }),
    ]

    private static func function(
        _ name: String,
        _ providerAccess: APIFunction.ProviderAccess = .unpublished,
        body: @escaping @Sendable (SimulatedInstance, Arguments) -> JSONValue
    ) -> APIFunction {
        APIFunction(name, [.string("instanceID")], providerAccess, .instance(body))
    }

    /// Sizes in units of 1,048,576 bytes; how the bytes of a store are shared out is made up.
    @Sendable private static func statistics(_ instance: SimulatedInstance, _ arguments: Arguments) -> JSONValue {
        let isCached = arguments.quirks.cachedStatistics
        let stores = instance.world.stores
        let bytes = stores.reduce(0) { $0 + (isCached ? $1.statisticsSize : $1.bytes) }
        let megabytes = bytes >> 20
        let database = megabytes / 20
        let index = megabytes / 10
        return [
            "totalSizeMB": .integer(megabytes),
            "databaseFileSizeMB": .integer(database),
            "contentFileSizeMB": .integer(megabytes - database - index),
            "indexFileSizeMB": .integer(index),
            "numberOfMessages": .integer(stores.reduce(0) { $0 + (isCached ? $1.statisticsCount : $1.messages) }),
        ]
    }

    /// What the process has used since its start grows with time, with what it archived and with the calls on it.
    private static func liveStatistics(of instance: SimulatedInstance) -> JSONValue {
        let world = instance.world
        let activity = world.activity
        let milliseconds = Int(max(0, world.now - activity.since) * 1000)
        let isArchiving = world.profiles.contains { $0.runningSince != nil }
        let memory = 150 << 20 + world.sessions.count * (2 << 20) + (isArchiving ? 40 << 20 : 0)
        return [
            "processUniqueID": .string(instance.processUniqueID),
            "timestamp": .integer(Int(world.now * 1000) + world.clockError * 1000),
            "totalProcessorMilliseconds": .integer(
                milliseconds / 80 + activity.messagesArchived * 35 + instance.calls * 3),
            "totalIOReadBytes": .integer(milliseconds * 2 + activity.bytesArchived * 2 + instance.calls * 4096),
            "totalIOWriteBytes": .integer(milliseconds / 2 + activity.bytesArchived + activity.bytesArchived / 3),
            "totalIOOtherBytes": .integer(milliseconds / 10 + instance.calls * 512),
            "totalRemoteProcedureCalls": .integer(milliseconds / 5000 + instance.calls),
            "totalMessagesArchived": .integer(activity.messagesArchived),
            "totalMessagesChecked": .integer(activity.messagesChecked),
            "currentPrivateMemoryBytes": .integer(memory),
        ]
    }
}
