/// The result of GetLicenseInformation.
public struct LicenseInformation: JSONDecodable, Equatable {
    public var namedUsers: Int64?
    public var maxNamedUsers: Int64?

    public init(from reader: inout JSONReader) throws(JSONError) {
        var namedUsers: Int64?
        var maxNamedUsers: Int64?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "namedUsers": namedUsers = try reader.readOptionalInt()
            case "maxNamedUsers": maxNamedUsers = try reader.readOptionalInt()
            default: try reader.skipValue()
            }
        }
        self.namedUsers = namedUsers
        self.maxNamedUsers = maxNamedUsers
    }
}
