/// The result of GetServerInfo.
public struct ServerInfo: JSONDecodable, Equatable {
    /// `25.3.1.23021`.
    public var version: String?
    public var machineName: String?

    public init(from reader: inout JSONReader) throws(JSONError) {
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
