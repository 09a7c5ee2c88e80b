extension SimulatorCore {
    /// Pages with which other processes inject faults and read the state of the server.
    ///
    /// MailStore has no such pages. They need no login, so never let a simulator listen on a publicly reachable
    /// address.
    ///
    /// - `POST /simulator/faults?function=GetStores&fault=hang[&times=3][&value=...]` (see ``Fault``)
    /// - `DELETE /simulator/faults[?function=...]`, also as `POST /simulator/faults/clear`
    /// - `POST /simulator/quirks?name=runIDs&value=absent`: switches a quirk (see ``Quirks``)
    /// - `POST /simulator/restart`: loses tokens and sessions
    /// - `POST /simulator/database?change=backup`, `change=restore`, `change=new`: makes a backup, restores the last one or
    ///   the state at the start, sets the server up anew (see ``World/restore(_:)``, ``World/setUpAnew()``)
    /// - `POST /simulator/clock?[advance=SECONDS][&speed=NUMBER][&dateOffset=SECONDS][&error=SECONDS]`: moves the simulated
    ///   clock forward, changes its speed, the offset of the `Date` header, or the error of the server's own clock
    /// - `POST /simulator/password?value=...`: changes the administrator's password
    /// - `GET /simulator/state[?since=SECONDS]`: the state; counts the runs that ended at or after that instant
    /// - `GET /simulator/requests`: the API calls that the server received
    mutating func control(_ request: SimulatedRequest, at real: Double) -> SimulatedReply {
        switch (request.method, request.path) {
        case ("POST", "/simulator/faults"):
            return injectFault(request.query)
        case ("DELETE", "/simulator/faults"), ("POST", "/simulator/faults/clear"):
            faults.clear(function: request.query["function"])
            return controlReply(["faults": "cleared"])
        case ("POST", "/simulator/quirks"):
            guard let name = request.query["name"], options.quirks.set(name, to: request.query["value"] ?? "") else {
                return reply(status: 400, "The name= is unknown, or its value= is invalid.")
            }
            return controlReply(["quirk": .string(name)])
        case ("POST", "/simulator/database"):
            return changeDatabase(request.query["change"])
        case ("POST", "/simulator/restart"):
            restart()
            return controlReply(["server": "restarted"])
        case ("POST", "/simulator/clock"):
            return setClock(request.query, at: real)
        case ("POST", "/simulator/password"):
            guard let password = request.query["value"] else { return reply(status: 400, "value= is missing.") }
            world.change(user: world.username) { $0.password = password }
            return controlReply(["password": "changed"])
        case ("GET", "/simulator/state"), ("HEAD", "/simulator/state"):
            return controlReply(state(since: request.query["since"].flatMap { Double($0) }))
        case ("GET", "/simulator/requests"), ("HEAD", "/simulator/requests"):
            return controlReply(.array(log.records.map(Self.json(of:))))
        case (_, let path) where Self.pages.contains(path):
            return reply(status: 405, "This page does not support the method.")
        default:
            return reply(status: 404, "Pages: " + Self.pages.joined(separator: ", "))
        }
    }

    private static let pages = [
        "/simulator/faults", "/simulator/faults/clear", "/simulator/quirks", "/simulator/restart",
        "/simulator/database", "/simulator/clock", "/simulator/password", "/simulator/state", "/simulator/requests",
    ]
    /// The parameters of all pages.
    static let parameters: [StaticString] = [
        "function", "fault", "times", "value", "name", "change", "advance", "speed", "dateOffset", "error", "since",
    ]
    /// No clock goes farther at once, in seconds: three centuries.
    private static let farthest = 1e10

    private mutating func injectFault(_ query: [String: String]) -> SimulatedReply {
        guard let name = query["fault"], let fault = Fault(name: name, value: query["value"]) else {
            return reply(status: 400, "The fault= is unknown, or its value= is invalid.")
        }
        var times: Int?
        if let text = query["times"] {
            guard let number = Int(text), number > 0 else {
                return reply(status: 400, "times= must be a whole number above 0.")
            }
            times = number
        }
        faults.add(fault, for: query["function"] ?? "*", times: times)
        return controlReply(["injected": .string(name)])
    }

    private mutating func setClock(_ query: [String: String], at real: Double) -> SimulatedReply {
        let numbers = query.compactMapValues { Double($0).flatMap { abs($0) <= Self.farthest ? $0 : nil } }
        guard numbers.count == query.count,
            Set(query.keys).isSubset(of: ["advance", "speed", "dateOffset", "error"]), numbers["advance"] ?? 0 >= 0,
            numbers["speed"] ?? 0 >= 0
        else {
            return reply(
                status: 400,
                "advance= and speed= must be numbers from 0 to 1e10, dateOffset= and error= from -1e10 to 1e10.")
        }
        if let seconds = numbers["advance"] { clock.set(to: world.now + seconds, at: real) }
        if let speed = numbers["speed"] { clock.set(speed: speed, at: real) }
        if let offset = numbers["dateOffset"] { clock.dateOffset = offset }
        if let error = numbers["error"] { world.clockError = Int(error) }
        advance(to: real)
        return controlReply(["now": .decimal(world.now)])
    }

    private mutating func changeDatabase(_ change: String?) -> SimulatedReply {
        switch change {
        case "backup": backup = world
        case "restore": world.restore(backup)
        case "new": world.setUpAnew()
        default: return reply(status: 400, "change= must be backup, restore or new.")
        }
        return controlReply(["database": .optional(change)])
    }

    private func controlReply(_ json: JSONValue) -> SimulatedReply {
        SimulatedReply(
            headers: [
                .init(name: "Content-Type", value: "application/json"), .init(name: "Cache-Control", value: "no-store"),
            ],
            body: json.encoded() + [UInt8(ascii: "\n")])
    }

    private static func json(of record: RequestRecord) -> JSONValue {
        let arguments = record.arguments.sorted { $0.key < $1.key }
        return [
            "function": .string(record.function),
            "arguments": .object(arguments.map { JSONMember(name: $0.key, value: .string($0.value)) }),
            "userName": .optional(record.userName),
            "status": .optional(record.status),
            "time": .decimal(record.time),
        ]
    }
}

extension SimulatorCore {
    /// The state of the server, with counts of the runs that ended at or after an instant (seconds since 1970, UTC).
    private func state(since: Double?) -> JSONValue {
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
            "stores": .array(world.stores.map(json)),
            "profiles": .array(world.profiles.map { json(of: $0, since: first) }),
            "jobs": .array(world.jobs.map { json(of: $0, since: first) }),
            "processes": .array(processes.tokens.map { .string($0) }),
        ]
    }

    private func json(of store: SimulatedStore) -> JSONValue {
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

    private func json(of profile: SimulatedProfile, since: Double) -> JSONValue {
        let runs = world.profileRuns.filter { $0.profileId == profile.id && Double($0.completeTime) >= since }
        let last = runs.max { ($0.completeTime, $0.id) < ($1.completeTime, $1.id) }
        return [
            "id": .integer(profile.id),
            "name": .string(profile.name),
            "automatic": .bool(profile.automatic),
            "running": .bool(profile.runningSince != nil),
            "runs": Self.counted(runs.map(\.result)),
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

    private func json(of job: SimulatedJob, since: Double) -> JSONValue {
        let runs = world.jobRuns.filter { $0.jobId == job.id && Double($0.completeTime) >= since }
        let last = runs.max { ($0.completeTime, $0.id) < ($1.completeTime, $1.id) }
        return [
            "id": .integer(job.id),
            "name": .string(job.name),
            "action": .string(job.action),
            "enabled": .bool(job.enabled),
            "running": .bool(job.runningSince != nil),
            "runs": Self.counted(runs.map(\.result)),
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
