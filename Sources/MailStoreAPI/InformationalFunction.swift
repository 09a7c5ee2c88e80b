/// A function that the exporter may call on its own: read-only, and without mail or secrets in its result.
///
/// The file of a collector declares further functions in an extension:
///
/// ```swift
/// extension InformationalFunction {
///     static let getTimeZones = Self("GetTimeZones")
/// }
/// ```
package struct InformationalFunction: RawRepresentable, Sendable, Hashable {
    /// `Get…` functions not to be called: they return mail, secrets or private data (`docs/api.md`, "Functions").
    private static let refused: Set = [
        "getcredentials", "getdirectoryservicesconfiguration", "getmessages", "getsystemadministrators",
        "getsystemsmtpconfiguration", "getuserinfo", "getworkerresultreport",
    ]

    /// The functions that only inform although their names say otherwise.
    private static let questions: Set = ["CanRunArchiveProfiles"]

    /// The name, `GetStores`.
    package let rawValue: String

    /// Fails for a function that changes something or returns mail or secrets.
    package init?(rawValue: String) {
        guard rawValue.hasPrefix("Get") || Self.questions.contains(rawValue),
            rawValue.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }),
            !Self.refused.contains(rawValue.lowercased())
        else { return nil }
        self.rawValue = rawValue
    }

    /// - Precondition: The function only reads, and returns neither mail nor secrets.
    package init(_ name: StaticString) {
        guard let function = Self(rawValue: "\(name)") else {
            preconditionFailure("the exporter must not call \(name) on its own")
        }
        self = function
    }

    package static let getServerInfo = Self("GetServerInfo")
    package static let getLicenseInformation = Self("GetLicenseInformation")
    package static let getStores = Self("GetStores")
    package static let getUsers = Self("GetUsers")
    package static let getActiveSessions = Self("GetActiveSessions")
    package static let getProfiles = Self("GetProfiles")
    package static let getWorkerResults = Self("GetWorkerResults")
    package static let getJobs = Self("GetJobs")
    package static let getJobResults = Self("GetJobResults")
}

/// The calls other than `invoke`, with their names in metrics and messages.
package enum ServiceCall: String, Sendable, CaseIterable {
    case getMetadata = "get-metadata"
    case getStatus = "get-status"
    case cancelAsync = "cancel-async"
}

/// One function in the reply to get-metadata.
package struct FunctionMetadata: JSONDecodable, Equatable {
    /// One argument of the function.
    package struct Argument: JSONDecodable, Equatable {
        package static let needsUsableRow = false

        package let name: String
        /// `string`, `number`, `bool` or `json`.
        package private(set) var type: String?
        /// Whether the argument may be left out; `nil` if the server does not say.
        package private(set) var nullable: Bool?

        package init(name: String, type: String? = nil, nullable: Bool? = nil) {
            self.name = name
            self.type = type
            self.nullable = nullable
        }

        package init(from reader: inout JSONReader) throws(JSONError) {
            var name: String?
            var type: String?
            var nullable: Bool?
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "name": name = try reader.readString()
                case "type": type = try reader.readOptionalString()
                case "nullable": nullable = try reader.readOptionalBool()
                default: try reader.skipValue()
                }
            }
            guard let name else { throw reader.failure("an argument has no name") }
            self.init(name: name, type: type, nullable: nullable)
        }
    }

    package let name: String
    package var arguments: [Argument]

    package init(name: String, arguments: [Argument] = []) {
        self.name = name
        self.arguments = arguments
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var name: String?
        var arguments: [Argument] = []
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "name": name = try reader.readString()
            case "args": arguments = try reader.takeNull() ? [] : Array(from: &reader)
            default: try reader.skipValue()
            }
        }
        guard let name else { throw reader.failure("a function has no name") }
        self.init(name: name, arguments: arguments)
    }
}
