/// The result of GetServerInfo.
package struct ServerInfo: JSONDecodable, Equatable {
    /// `25.3.1.23021`.
    package var version: String?
    package var machineName: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var version: String?
        var machineName: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "version": version = try reader.readOptionalString()
            case "machineName": machineName = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
        self.version = version
        self.machineName = machineName
    }
}
