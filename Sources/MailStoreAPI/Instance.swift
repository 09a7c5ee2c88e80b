/// One instance of the Service Provider Edition, from GetInstances (`docs/api.md`, "Service Provider Edition").
package struct Instance: JSONDecodable, Equatable {
    /// The id as a label: it is shortened if it is very long.
    package private(set) var id: String
    /// The id as the server writes it, for the argument `instanceID`.
    package private(set) var argument: String
    package private(set) var alias: String?
    package private(set) var displayName: String?
    package private(set) var host: String?
    package private(set) var startMode: String?
    /// The number of its process; `nil` if it has none, or the server does not say.
    package private(set) var processID: Int64?
    /// `running`, or a word that is not published; `nil` if the server does not say.
    package var status: String?
    /// Whether the last start or stop failed; `nil` if the server does not say.
    package private(set) var hasStartStopError: Bool?
    /// Why it failed, for people.
    package private(set) var startStopError: String?

    /// An instance of which nothing is known but its id.
    package init(id: String) {
        (self.id, argument) = (id, id)
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        (self.id, argument) = ("", "")
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "instanceID":
                let start = reader.position
                id = try reader.readIdentifier()
                reader.position = start
                argument = try reader.readOptionalString() ?? ""
            case "alias": alias = try reader.readOptionalString()
            case "displayName": displayName = try reader.readOptionalString()
            case "instanceHost": host = try reader.readOptionalString()
            case "startMode": startMode = try reader.readOptionalString()
            case "processID": processID = try reader.readOptionalCount()
            case "status": status = try reader.readOptionalString()
            case "startStopError":
                let error = try ErrorStructure.read(from: &reader)
                hasStartStopError = error != nil
                startStopError = error?.message
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("an instance has no instanceID") }
        self.id = id
    }

    /// Whether the list says that the instance has no process, so that calls on it would fail.
    ///
    /// Only `running` is published. Without a process, every other word means that there is nobody to answer.
    package var isStopped: Bool {
        guard let status = status?.lowercased(), status != "running" else { return false }
        return ["stopped", "stopping"].contains(status) || (processID ?? 0) == 0
    }
}

/// The result of GetInstanceStatistics; sizes are in units of 1,048,576 bytes.
package struct InstanceStatistics: JSONDecodable, Equatable {
    package private(set) var databaseMegabytes: Double?
    package private(set) var contentMegabytes: Double?
    package private(set) var indexMegabytes: Double?
    package private(set) var messages: Int64?

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "databaseFileSizeMB": databaseMegabytes = try reader.readOptionalSize()
            case "contentFileSizeMB": contentMegabytes = try reader.readOptionalSize()
            case "indexFileSizeMB": indexMegabytes = try reader.readOptionalSize()
            case "numberOfMessages": messages = try reader.readOptionalCount()
            default: try reader.skipValue()
            }
        }
    }
}

/// The result of GetInstanceProcessLiveStatistics.
package struct ProcessStatistics: JSONDecodable, Equatable {
    /// What the process has used since its start.
    package enum Total: Sendable, CaseIterable {
        case processorMilliseconds
        case readBytes
        case writtenBytes
        case remoteProcedureCalls
        case messagesArchived
        case messagesChecked
    }

    /// The id of the process; another one means that the totals began anew.
    package private(set) var process: String?
    /// When the server counted, in milliseconds since 1970.
    package private(set) var timestamp: Int64?
    package private(set) var totals: [Total: Int64] = [:]
    package private(set) var privateMemoryBytes: Int64?

    package init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "processUniqueID": process = try reader.readOptionalString()
            case "timestamp": timestamp = try reader.readOptionalCount()
            case "currentPrivateMemoryBytes": privateMemoryBytes = try reader.readOptionalCount()
            case "totalProcessorMilliseconds": totals[.processorMilliseconds] = try reader.readOptionalCount()
            case "totalIOReadBytes": totals[.readBytes] = try reader.readOptionalCount()
            case "totalIOWriteBytes": totals[.writtenBytes] = try reader.readOptionalCount()
            case "totalRemoteProcedureCalls": totals[.remoteProcedureCalls] = try reader.readOptionalCount()
            case "totalMessagesArchived": totals[.messagesArchived] = try reader.readOptionalCount()
            case "totalMessagesChecked": totals[.messagesChecked] = try reader.readOptionalCount()
            default: try reader.skipValue()
            }
        }
    }
}

/// The result of a function that answers yes or no.
package struct OptionalFlag: JSONDecodable, Equatable {
    /// `nil` if the answer is neither.
    package let value: Bool?

    package init(from reader: inout JSONReader) throws(JSONError) {
        value = try reader.readOptionalBool()
    }
}

extension JSONReader {
    /// Reads a number that cannot be negative; a negative one means that it is unknown.
    fileprivate mutating func readOptionalSize() throws(JSONError) -> Double? {
        try readOptionalDouble().flatMap { $0 < 0 ? nil : $0 }
    }
}
