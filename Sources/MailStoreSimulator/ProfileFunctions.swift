/// Functions about profiles and their runs.
enum ProfileFunctions {
    static let all: [APIFunction] = [
        .read("GetProfiles", [.bool("raw")], profiles),
        .read(
            "GetWorkerResults",
            [
                .string("fromIncluding"), .string("toExcluding"), .string("timeZoneID"),
                .number("profileID", nullable: true), .string("userName", nullable: true),
            ], results),
        APIFunction(name: "RunProfile", arguments: [.number("id")], answer: run),
    ]

    @Sendable private static func profiles(_ world: World, _ arguments: Arguments) throws(APIFailure) -> JSONValue {
        // Only raw=true is documented; the error is a guess.
        guard arguments.bool("raw") else {
            throw APIFailure("System.NotSupportedException", "Specified method is not supported.")
        }
        return .array(world.profiles.map(row))
    }

    private static func row(of profile: SimulatedProfile) -> JSONValue {
        [
            "id": .integer(profile.id),
            "name": .string(profile.name),
            "owner": .string(profile.owner),
            "type": .string(profile.type),
            "connector": .string(profile.connector),
            "serverSideExecution": [
                "automatic": .bool(profile.automatic),
                "automaticPauseBetweenExecutions": profile.automatic ? .integer(profile.pause) : nil,
                "automaticMaintenanceWindows": .optional(profile.maintenanceWindow),
            ],
            "details": [
                "host": "mail.beispiel.example",
                "userName": "journal@beispiel.example",
                "password": .string(Simulator.plantedSecret),
            ],
        ]
    }

    @Sendable private static func results(_ world: World, _ arguments: Arguments) throws(APIFailure) -> JSONValue {
        let zone = try arguments.timeZone("timeZoneID", in: world)
        let range = try arguments.range(in: zone)
        let quirks = arguments.quirks
        let profile = arguments.number("profileID")
        let user = arguments.string("userName")
        var runs = world.profileRuns.filter { run in
            run.isListed(in: range, quirks) && (profile == nil || run.profileId == profile)
                && (user == nil || run.userName == user)
        }
        if let limit = quirks.workerResultsLimit, runs.count > limit { throw .nullableObject }
        runs.sort { ($0.startTime, $0.id) < ($1.startTime, $1.id) }
        if !quirks.oldestWorkerResultFirst { runs.reverse() }
        return .array(runs.map { row(of: $0, in: zone, quirks) })
    }

    private static func row(of run: ProfileRun, in zone: WindowsTimeZone, _ quirks: Quirks) -> JSONValue {
        .row([
            // The name of this field is not published.
            "id": quirks.id(of: run),
            "startTime": quirks.time(.start, of: run, in: zone),
            "completeTime": quirks.time(.end, of: run, in: zone),
            "profileId": .integer(run.profileId),
            "profileName": .string(run.profileName),
            "machineName": .string(run.machineName),
            "userName": .string(run.userName),
            "itemsArchived": .integer(run.itemsArchived),
            "result": .string(run.result),
        ])
    }

    @Sendable private static func run(
        _ world: inout World,
        _ arguments: Arguments
    ) throws(APIFailure) -> APIFunction.Answer {
        let id = arguments.number("id") ?? 0
        guard let profile = world.profiles.first(where: { $0.id == id }) else {
            throw APIFailure("System.ArgumentException", "Profile #\(id) does not exist.")
        }
        guard world.mayRun(profile) else {
            // What a server answers in safe mode is unknown.
            throw APIFailure("System.InvalidOperationException", "Profile #\(id) does not run in safe mode.")
        }
        guard profile.runningSince == nil, let run = world.beginProfile(id, at: Int(world.now)) else {
            throw APIFailure("System.InvalidOperationException", "Profile #\(id) is already running.")
        }
        let failure = APIFailure("System.Exception", "Profile #\(id) failed.")
        return .process(
            ProcessPlan(
                firstLine: "Running profile #\(id)...\r\n", seconds: max(1, Double(run.end) - world.now),
                ending: run.result == "failed" ? .failed(failure) : .succeeded(.null), effect: .nothing))
    }
}
