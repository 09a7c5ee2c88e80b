// The page with which other processes read the state of the server, or of an instance.
extension SimulatorCore {
    /// The state of a server or an instance, with counts of the runs that ended at or after an instant (seconds since
    /// 1970, UTC).
    func state(of instance: String?, _ world: World, since: Double?) -> JSONValue {
        let first = since ?? -.infinity
        return [
            "now": .decimal(world.now),
            "clockError": .integer(world.clockError),
            "version": .string(world.version),
            "machineName": .string(world.machineName),
            "namedUsers": .integer(max(0, world.users.count - 1)),
            "maxNamedUsers": .integer(world.maxNamedUsers),
            "usersByMfaStatus": Self.counted(world.users.map(\.mfaStatus)),
            "activeSessions": .integer(world.sessions.count),
            "stores": .array(world.stores.map(Self.json)),
            "profiles": .array(world.profiles.map { Self.json(of: $0, in: world, since: first) }),
            "jobs": .array(world.jobs.map { Self.json(of: $0, in: world, since: first) }),
            "processes": .array(processes.tokens(ofInstance: instance).map { .string($0) }),
        ]
    }

    private static func json(of store: SimulatedStore) -> JSONValue {
        [
            "id": .integer(store.id),
            "name": .string(store.name),
            "requestedState": .string(store.requestedState),
            "error": .optional(store.error),
            "messages": .integer(store.messages),
            "bytes": .integer(store.bytes),
            "statisticsCount": .integer(store.statisticsCount),
            "statisticsSize": .integer(store.statisticsSize),
            "needsUpgrade": .bool(store.needsUpgrade),
            "searchIndexesNeedRebuild": .bool(store.searchIndexesNeedRebuild),
        ]
    }

    private static func json(of profile: SimulatedProfile, in world: World, since: Double) -> JSONValue {
        let runs = world.profileRuns.filter { $0.profileId == profile.id && Double($0.completeTime) >= since }
        let last = runs.max { ($0.completeTime, $0.id) < ($1.completeTime, $1.id) }
        return [
            "id": .integer(profile.id),
            "name": .string(profile.name),
            "automatic": .bool(profile.automatic),
            "running": .bool(profile.runningSince != nil),
            "runs": counted(runs.map(\.result)),
            "itemsArchived": .integer(runs.reduce(0) { $0 + $1.itemsArchived }),
            "lastRun": last.map { run in
                [
                    "id": .integer(run.id), "startTime": .integer(run.startTime),
                    "completeTime": .integer(run.completeTime), "result": .string(run.result),
                    "itemsArchived": .integer(run.itemsArchived),
                ]
            } ?? .null,
        ]
    }

    private static func json(of job: SimulatedJob, in world: World, since: Double) -> JSONValue {
        let runs = world.jobRuns.filter { $0.jobId == job.id && Double($0.completeTime) >= since }
        let last = runs.max { ($0.completeTime, $0.id) < ($1.completeTime, $1.id) }
        return [
            "id": .integer(job.id),
            "name": .string(job.name),
            "action": .string(job.action),
            "enabled": .bool(job.enabled),
            "running": .bool(job.runningSince != nil),
            "runs": counted(runs.map(\.result)),
            "lastRun": last.map { run in
                [
                    "id": .integer(run.id), "startTime": .integer(run.startTime),
                    "completeTime": .integer(run.completeTime), "result": .string(run.result),
                ]
            } ?? .null,
        ]
    }

    private static func counted(_ words: [String]) -> JSONValue {
        let counts = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
        return .object(counts.map { JSONMember(name: $0.key, value: .integer($0.value)) })
    }
}
