/// One user, from GetUsers: only what is counted, so that names and addresses never enter the process's memory.
package struct User: JSONDecodable, Equatable {
    /// `Disabled` and others that nobody has published.
    package var mfaStatus: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var mfaStatus: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "mfaStatus": mfaStatus = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
        self.mfaStatus = mfaStatus
    }
}
