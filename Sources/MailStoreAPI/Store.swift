/// One archive store, from GetStores.
package struct Store: JSONDecodable, Equatable {
    package var id: String
    package var name: String?
    /// `current`, `normal`, `writeProtected`, `disabled`, or a word that a newer server adds.
    package var requestedState: String?
    /// Whether the store reports an error; `nil` if the server does not say.
    package var hasError: Bool?
    /// The number of messages in the store.
    package var statisticsCount: Int64?
    /// Its size in bytes; absent unless sizes were requested.
    package var statisticsSize: Int64?
    package var needsUpgrade: Bool?
    package var searchIndexesNeedRebuild: Bool?
    /// Where its database is on the server; `nil` if the server does not say.
    package var databasePath: String?

    package init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var store = Store(id: "")
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readIdentifier()
            case "name": store.name = try reader.readOptionalString()
            case "requestedState": store.requestedState = try reader.readOptionalString()
            case "error": store.hasError = try reader.readOptionalString().map { !$0.isEmpty } ?? false
            case "statisticsCount": store.statisticsCount = try reader.readOptionalInt()
            case "statisticsSize": store.statisticsSize = try reader.readOptionalInt()
            case "needsUpgrade": store.needsUpgrade = try reader.readOptionalBool()
            case "searchIndexesNeedRebuild": store.searchIndexesNeedRebuild = try reader.readOptionalBool()
            case "databasePath": store.databasePath = try reader.readLenientScalar()
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("a store has no id") }
        store.id = id
        self = store
    }
}
