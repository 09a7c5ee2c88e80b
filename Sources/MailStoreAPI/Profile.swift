/// One archiving or export profile, from GetProfiles; its `details`, which may hold secrets, are never read.
package struct Profile: JSONDecodable, Equatable {
    package static let isCutAtLimit = true

    package var id: String
    package var name: String?
    /// Whether the server runs it automatically in a loop; `nil` if the server does not send the field.
    package var automatic: Bool?
    /// What it does (`type`); `nil` if the server does not say.
    package var type: String?
    /// With what kind of mail server (`connector`); `nil` if the server does not say.
    package var connector: String?

    package init(id: String, name: String? = nil, automatic: Bool? = nil) {
        self.id = id
        self.name = name
        self.automatic = automatic
    }

    /// What tells it from another profile with the same id, beside the name; `nil` if the server does not say.
    package var kind: String? {
        type == nil && connector == nil ? nil : "\(type ?? "")/\(connector ?? "")"
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var profile = Profile(id: "")
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readIdentifier()
            case "name": profile.name = try reader.readOptionalString()
            case "type": profile.type = try reader.readScalar()
            case "connector": profile.connector = try reader.readScalar()
            case "serverSideExecution":
                try reader.readOptionalObject { (reader, key) throws(JSONError) in
                    switch key {
                    case "automatic": profile.automatic = try reader.readOptionalBool()
                    default: try reader.skipValue()
                    }
                }
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("a profile has no id") }
        profile.id = id
        self = profile
    }
}

/// One finished run of a profile, from GetWorkerResults.
package struct WorkerResult: JSONDecodable, Equatable {
    package static let needsUsableRow = false

    /// The run's own id, under its most likely name; servers may not send one.
    package private(set) var id: String?
    package private(set) var profileID = ""
    package private(set) var profileName: String?
    package private(set) var startTime: ServerDateTime?
    package private(set) var completeTime: ServerDateTime?
    package private(set) var itemsArchived: Int64?
    private var word = ResultWord()
    /// The result word as the server sent it; `nil` if there is none that can be used.
    package var result: String? { word.text }
    /// A checksum of the machine and the user: it tells runs without an id apart, and the names need not be kept.
    package private(set) var origin = Fingerprint()

    package init(from reader: inout JSONReader) throws(JSONError) {
        var profileID: String?
        var machineName: String?
        var userName: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readOptionalRunIdentifier()
            case "profileId": profileID = try reader.readIdentifier()
            case "profileName": profileName = try reader.readOptionalString()
            case "startTime": startTime = try reader.readOptionalDateTime()
            case "completeTime": completeTime = try reader.readOptionalDateTime()
            case "itemsArchived": itemsArchived = try reader.readOptionalCount()
            case "result": try word.read(from: &reader)
            case "machineName": machineName = try reader.readScalar()
            case "userName": userName = try reader.readScalar()
            default: try reader.skipValue()
            }
        }
        guard let profileID else { throw reader.failure("a result has no profileId") }
        guard id != nil || startTime != nil || completeTime != nil else {
            throw reader.failure("a result has neither id nor startTime nor completeTime")
        }
        self.profileID = profileID
        origin.add(machineName)
        origin.add(userName)
    }
}

/// The result word of a run.
struct ResultWord: Sendable, Equatable {
    /// `nil` if it is `null`, missing or ambiguous.
    private(set) var text: String?
    private var wasRead = false

    /// Two different words in one row say nothing: the run must not count as a success because of their order.
    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        let word = try reader.readOptionalString()
        text = wasRead && word != text ? nil : word
        wasRead = true
    }
}
