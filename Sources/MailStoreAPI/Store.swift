/// One archive store, from GetStores.
package struct Store: JSONDecodable, Equatable {
    package static let isCutAtLimit = true

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
            case "error": store.hasError = try reader.readHasError()
            case "statisticsCount": store.statisticsCount = try reader.readOptionalCount()
            case "statisticsSize": store.statisticsSize = try reader.readOptionalCount()
            case "needsUpgrade": store.needsUpgrade = try reader.readOptionalBool()
            case "searchIndexesNeedRebuild": store.searchIndexesNeedRebuild = try reader.readOptionalBool()
            case "databasePath": store.databasePath = try reader.readScalar()
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("a store has no id") }
        store.id = id
        self = store
    }
}

extension JSONReader {
    /// Reads whether a field reports an error, usually `null` or a text; `nil` if it says neither.
    fileprivate mutating func readHasError() throws(JSONError) -> Bool? {
        switch peek() {
        case UInt8(ascii: "n"):
            try expectLiteral("null")
            return false
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            // An error may be an object or a list of texts; an empty one says nothing.
            let size = try skipValue().count
            return size > 2 ? true : nil
        default:
            guard let text = try readOptionalString() else { return nil }
            return !["", "false", "0"].contains(text)
        }
    }
}
