/// The result of GetEnvironmentInfo (`docs/api.md`, "Service Provider Edition").
package struct EnvironmentInfo: JSONDecodable, Equatable {
    package private(set) var version: String?
    package private(set) var serverName: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "version": version = try reader.readOptionalString()
            case "serverName": serverName = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
    }
}

/// The result of GetServiceStatus: the machines of an installation, and the messages of its console.
package struct ServiceStatus: JSONDecodable, Equatable {
    /// `nil` if the server does not list them.
    package private(set) var hosts: [ServiceHost]?
    /// `nil` if the server does not list them.
    package private(set) var messages: [ServiceMessage]?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "serverInfos": hosts = try reader.readOptionalRows()
            case "messages": messages = try reader.readOptionalRows()
            default: try reader.skipValue()
            }
        }
    }
}

/// One role of one machine; a machine with several roles occurs several times.
package struct ServiceHost: JSONDecodable, Equatable {
    package static let needsUsableRow = false

    package private(set) var serverName: String
    /// `managementServer`, `clientAccessServer`, `instanceHost`.
    package private(set) var serverType: String?
    package private(set) var active: Bool?
    package private(set) var instances: Int64?
    package private(set) var runningInstances: Int64?
    /// Physical memory in bytes; `nil` for a machine that is not active.
    package private(set) var memoryBytes: Int64?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var name: String?
        serverName = ""
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "serverName": name = try reader.readOptionalString()
            case "serverType": serverType = try reader.readOptionalString()
            case "active": active = try reader.readOptionalBool()
            case "numberOfInstances": instances = try reader.readOptionalCount()
            case "numberOfRunningInstances": runningInstances = try reader.readOptionalCount()
            case "systemProperties":
                try reader.readOptionalObject { (reader, key) throws(JSONError) in
                    switch key {
                    case "totalPhysicalMemory": memoryBytes = try reader.readOptionalCount()
                    default: try reader.skipValue()
                    }
                }
            default: try reader.skipValue()
            }
        }
        guard let name, !name.isEmpty else { throw reader.failure("a machine has no serverName") }
        serverName = name
    }
}

/// One message of the service for its administrators.
package struct ServiceMessage: JSONDecodable, Equatable {
    package static let needsUsableRow = false

    /// `information`, `warning`, `error`, or a word that is not published.
    package private(set) var severity: String?
    /// For people, in the server's language.
    package private(set) var text: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "type": severity = try reader.readOptionalString()
            case "text": text = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
    }
}

extension JSONReader {
    /// Reads a list inside of a result; `nil` if the field is no list.
    fileprivate mutating func readOptionalRows<Row: JSONDecodable>() throws(JSONError) -> [Row]? {
        guard peek() == UInt8(ascii: "[") else { return try takeNull() ? nil : skipUnusable(expecting: "an array") }
        return try [Row](from: &self)
    }
}
