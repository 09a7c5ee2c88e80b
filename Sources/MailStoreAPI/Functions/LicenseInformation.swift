/// The result of GetLicenseInformation.
package struct LicenseInformation: JSONDecodable, Equatable {
    package var namedUsers: Int64?
    package var maxNamedUsers: Int64?

    package init(from reader: inout JSONReader) throws(JSONError) {
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
