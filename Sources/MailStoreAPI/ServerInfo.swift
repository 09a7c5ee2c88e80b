/// The result of GetServerInfo.
package struct ServerInfo: JSONDecodable, Equatable {
    /// `25.3.1.23021`.
    package private(set) var version: String?
    package private(set) var machineName: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "version": version = try reader.readOptionalString()
            case "machineName": machineName = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
    }
}

/// The result of GetLicenseInformation.
package struct LicenseInformation: JSONDecodable, Equatable {
    package private(set) var namedUsers: Int64?
    package private(set) var maxNamedUsers: Int64?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "namedUsers": namedUsers = try reader.readOptionalCount()
            case "maxNamedUsers": maxNamedUsers = try reader.readOptionalCount()
            default: try reader.skipValue()
            }
        }
    }
}

/// One user, from GetUsers: only the field that is counted, so that names and addresses are never kept in memory.
package struct User: JSONDecodable, Equatable {
    /// `Disabled`, and other words that are undocumented.
    package private(set) var mfaStatus: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "mfaStatus": mfaStatus = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
    }
}
