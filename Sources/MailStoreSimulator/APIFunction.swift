internal import OperatingSystem

/// A function of the API: its metadata and its behaviour.
struct APIFunction: Sendable {
    /// The answer of a function.
    enum Answer: Sendable {
        case result(JSONValue)
        /// A long-running process starts.
        case process(ProcessPlan)
    }

    struct Argument: Sendable {
        /// The type names in the metadata.
        enum Kind: String, Sendable { case string, number, bool, json }

        var name: String
        var kind: Kind
        /// False: mandatory.
        var nullable = false
        /// Whether old servers lack the argument.
        var isNew = false
    }

    /// What a function is about, and how it answers.
    enum Body: Sendable {
        /// An archive: that of MailStore Server, or that of the instance which the call names.
        case archive(@Sendable (inout World, Arguments) throws(APIFailure) -> Answer)
        /// The instance that the call names.
        case instance(@Sendable (SimulatedInstance, Arguments) throws(APIFailure) -> JSONValue)
        /// The whole installation of the Service Provider Edition, and its management server.
        case installation(@Sendable (Installation, World, Arguments) throws(APIFailure) -> JSONValue)
    }

    /// Whether a call on an instance needs service provider access to be on for it.
    enum ProviderAccess: Sendable { case needed, notNeeded, unpublished }

    var name: String
    var arguments: [Argument]
    /// Whether old servers lack the function.
    var isNew = false
    var providerAccess = ProviderAccess.needed
    var body: Body

    /// Creates a function of both editions, or one of MailStore Server.
    init(
        name: String,
        arguments: [Argument],
        isNew: Bool = false,
        answer: @escaping @Sendable (inout World, Arguments) throws(APIFailure) -> Answer
    ) {
        self.name = name
        self.arguments = arguments
        self.isNew = isNew
        body = .archive(answer)
    }

    /// Creates a function of the Service Provider Edition only.
    init(_ name: String, _ arguments: [Argument], _ providerAccess: ProviderAccess, _ body: Body) {
        self.name = name
        self.arguments = arguments
        self.providerAccess = providerAccess
        self.body = body
    }

    /// Creates a read-only function.
    static func read(
        _ name: String,
        _ arguments: [Argument] = [],
        isNew: Bool = false,
        _ body: @escaping @Sendable (World, Arguments) throws(APIFailure) -> JSONValue
    ) -> APIFunction {
        APIFunction(name: name, arguments: arguments, isNew: isNew) { (world, arguments) throws(APIFailure) in
            .result(try body(world, arguments))
        }
    }

    /// The arguments that an old or a new server declares.
    func arguments(oldServer: Bool) -> [Argument] {
        arguments.filter { !(oldServer && $0.isNew) }
    }

    /// The function in the form of get-metadata.
    func metadata(oldServer: Bool) -> JSONValue {
        let list = arguments(oldServer: oldServer).map { argument -> JSONValue in
            [
                "name": .string(argument.name), "type": .string(argument.kind.rawValue),
                "nullable": .bool(argument.nullable),
            ]
        }
        return ["name": .string(name), "args": .array(list)]
    }
}

extension APIFunction.Argument {
    static func string(_ name: String, nullable: Bool = false) -> Self {
        Self(name: name, kind: .string, nullable: nullable)
    }

    static func number(_ name: String, nullable: Bool = false) -> Self {
        Self(name: name, kind: .number, nullable: nullable)
    }

    static func bool(_ name: String, nullable: Bool = false, isNew: Bool = false) -> Self {
        Self(name: name, kind: .bool, nullable: nullable, isNew: isNew)
    }
}

/// The functions that a simulated server offers.
struct FunctionTable: Sendable {
    /// What the Service Provider Edition lacks (`docs/api.md`, "Functions").
    static let serverOnly: Set = [
        "GetServerInfo", "GetLicenseInformation", "GetActiveSessions", "GetStoreIndexes", "GetServiceConfiguration",
        "CreateBackup", "CompactMasterDatabase", "RebuildStoreIndex",
    ]
    /// What needs no service provider access, because it is about stores and their indexes
    /// (`docs/api.md`, "Service Provider Edition").
    private static let aboutStores: Set = [
        "GetStores", "VerifyStore", "VerifyStores", "CompactStore", "MaintainFileSystemDatabases",
        "RefreshAllStoreStatistics", "RebuildSelectedStoreIndexes", "RecoverStore", "RecreateRecoveryRecords",
        "RepairStoreDatabase", "UpgradeStores", "RenameStore", "SetStoreRequestedState",
    ]

    private let functions: [APIFunction]
    private let oldServer: Bool

    init(oldServer: Bool, edition: SimulatorOptions.Edition = .server) {
        self.oldServer = oldServer
        let server =
            ServerFunctions.all + StoreFunctions.all + UserFunctions.all + ProfileFunctions.all + JobFunctions.all
            + VerificationFunctions.all + MaintenanceFunctions.all + ChangingFunctions.all
        let all =
            switch edition {
            case .server: server
            case .serviceProvider:
                EnvironmentFunctions.all + InstanceFunctions.all
                    + server.filter { !Self.serverOnly.contains($0.name) }.map(Self.ofInstance)
            }
        functions = all.filter { !(oldServer && $0.isNew) }.sorted { $0.name < $1.name }
    }

    /// A function of MailStore Server as the Service Provider Edition has it.
    private static func ofInstance(_ function: APIFunction) -> APIFunction {
        var function = function
        function.arguments.insert(.string("instanceID"), at: 0)
        function.providerAccess = aboutStores.contains(function.name) ? .notNeeded : .needed
        return function
    }

    subscript(name: String) -> APIFunction? {
        functions.first { $0.name == name }
    }

    /// The reply to get-metadata.
    var metadata: JSONValue {
        .array(functions.map { $0.metadata(oldServer: oldServer) })
    }
}

/// The arguments of a call, checked against the declaration of the function.
struct Arguments: Sendable {
    /// All arguments that were sent, including undeclared ones, which the function ignores.
    private let values: [String: String]
    let options: SimulatorOptions

    var quirks: Quirks { options.quirks }
    private var language: Quirks.Language { options.quirks.language }

    init(_ values: [String: String], for function: APIFunction, options: SimulatorOptions) throws(APIFailure) {
        self.values = values
        self.options = options
        for argument in function.arguments(oldServer: options.oldServer) {
            guard let value = values[argument.name] else {
                if argument.nullable { continue }
                throw .missingArgument(argument.name, language)
            }
            if argument.nullable, value.isEmpty || value == "0" { throw .emptyArgument(argument.name) }
            switch argument.kind {
            case .bool where value != "true" && value != "false": throw .badBoolean(language)
            case .number where Int(value) == nil: throw .badNumber(language)
            default: break
            }
        }
    }

    /// The text of an argument; nil if it is absent.
    func string(_ name: String) -> String? {
        values[name]
    }

    /// The number of an argument; nil if it is absent.
    func number(_ name: String) -> Int? {
        values[name].flatMap { Int($0) }
    }

    /// The value of a Boolean argument; false if it is absent.
    func bool(_ name: String) -> Bool {
        values[name] == "true"
    }

    /// The time zone whose Windows id is the argument's value.
    func timeZone(_ name: String, in world: World) throws(APIFailure) -> WindowsTimeZone {
        let id = values[name] ?? ""
        guard let zone = world.zone(id), quirks.knowsUTC || id != "UTC" else { throw .unknownTimeZone(id) }
        return zone
    }

    /// The requested range, in seconds since 1970 (UTC); empty if its ends are reversed.
    func range(in zone: WindowsTimeZone) throws(APIFailure) -> Range<Int> {
        let begin = try instant("fromIncluding", in: zone)
        let end = try instant("toExcluding", in: zone)
        return begin..<max(begin, end)
    }

    private func instant(_ name: String, in zone: WindowsTimeZone) throws(APIFailure) -> Int {
        guard let civil = CivilDateTime(parsing: values[name] ?? "") else { throw .badDateTime(language) }
        return zone.instant(of: civil)
    }
}
