/// One finished run of a profile, from GetWorkerResults.
package struct WorkerResult: JSONDecodable, Equatable {
    /// The run's own id, under the name that is likely (`id`); servers may not send one.
    package var id: String?
    package var profileID: String
    package var profileName: String?
    package var startTime: ServerDateTime?
    package var completeTime: ServerDateTime?
    package var itemsArchived: Int64?
    /// The result word as it came; `nil` where it was `null` or missing.
    package var result: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var profileID: String?
        var profileName: String?
        var startTime: ServerDateTime?
        var completeTime: ServerDateTime?
        var itemsArchived: Int64?
        var result: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readOptionalIdentifier()
            case "profileId": profileID = try reader.readIdentifier()
            case "profileName": profileName = try reader.readOptionalString()
            case "startTime": startTime = try reader.readOptionalDateTime()
            case "completeTime": completeTime = try reader.readOptionalDateTime()
            case "itemsArchived": itemsArchived = try reader.readOptionalInt()
            case "result": result = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
        guard let profileID else { throw reader.failure("a result has no profileId") }
        guard id != nil || startTime != nil else { throw reader.failure("a result has neither id nor startTime") }
        self.id = id
        self.profileID = profileID
        self.profileName = profileName
        self.startTime = startTime
        self.completeTime = completeTime
        self.itemsArchived = itemsArchived
        self.result = result
    }
}
