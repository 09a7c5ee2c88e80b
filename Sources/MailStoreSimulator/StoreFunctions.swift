/// Functions about archive stores.
enum StoreFunctions {
    static let all: [APIFunction] = [
        .read("GetStores", [.bool("includeSize", nullable: true)]) { world, arguments in
            .array(world.openStores.map { row(of: $0, arguments) })
        },
        .read("GetStoreIndexes", [.number("id", nullable: true)], isNew: true, indexes),
        .read("GetFolderStatistics", isNew: true, folders),
    ]

    private static func row(of store: SimulatedStore, _ arguments: Arguments) -> JSONValue {
        let quirks = arguments.quirks
        let count = quirks.cachedStatistics ? store.statisticsCount : store.messages
        let size = quirks.cachedStatistics ? store.statisticsSize : store.bytes
        let showsSize = arguments.bool("includeSize") || !quirks.sizeOnlyOnRequest
        return [
            "id": .integer(store.id),
            "name": .string(store.name),
            "requestedState": .string(store.requestedState),
            "error": .optional(store.error),
            "statisticsCount": .integer(count),
            "statisticsSize": showsSize ? .integer(size) : .null,
            "needsUpgrade": .bool(store.needsUpgrade),
            "searchIndexesNeedRebuild": .bool(store.searchIndexesNeedRebuild),
            "databasePath": .string(store.folder + #"\Database"#),
            "contentPath": .string(store.folder + #"\Content"#),
            "indexPath": .string(store.folder + #"\Index"#),
        ]
    }

    /// The fields are unknown; these are made up.
    @Sendable private static func indexes(_ world: World, _ arguments: Arguments) throws(APIFailure) -> JSONValue {
        let id = arguments.number("id")
        if let id, !world.stores.contains(where: { $0.id == id }) { throw .unknownStore(id) }
        var rows: [JSONValue] = []
        for store in world.stores where id == nil || store.id == id {
            for user in world.users.dropFirst() {
                rows.append([
                    "storeId": .integer(store.id), "folder": .string(user.userName),
                    "needsRebuild": .bool(store.searchIndexesNeedRebuild),
                ])
            }
        }
        return .array(rows)
    }

    @Sendable private static func folders(_ world: World, _ arguments: Arguments) -> JSONValue {
        let bytes = world.openStores.reduce(0) { $0 + $1.bytes }
        let people = world.users.dropFirst()
        return .array(
            people.enumerated().map { index, user in
                ["folder": .string(user.userName), "size": .integer(bytes / (people.count * (1 + index % 4)))]
            })
    }
}
