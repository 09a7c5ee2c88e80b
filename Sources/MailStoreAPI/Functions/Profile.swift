/// One archiving or export profile, from GetProfiles; its `details`, which may hold secrets, are never read.
package struct Profile: JSONDecodable, Equatable {
    package var id: String
    package var name: String?
    /// Whether the server runs it in a loop by itself; `nil` where the server does not say.
    package var automatic: Bool?

    package init(id: String, name: String? = nil, automatic: Bool? = nil) {
        self.id = id
        self.name = name
        self.automatic = automatic
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var name: String?
        var automatic: Bool?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readIdentifier()
            case "name": name = try reader.readOptionalString()
            case "serverSideExecution":
                if try reader.takeNull() { return }
                try reader.readObject { (reader, key) throws(JSONError) in
                    switch key {
                    case "automatic": automatic = try reader.readOptionalBool()
                    default: try reader.skipValue()
                    }
                }
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("a profile has no id") }
        self.init(id: id, name: name, automatic: automatic)
    }
}
