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
    ///
    /// With the Service Provider Edition, `&instance=ID` limits faults and quirks to an instance, and directs the pages
    /// `restart`, `database`, `state` and `clock?error=` to it. Further pages are:
    ///
    /// - `GET /simulator/instances`, `GET /simulator/hosts`: the instances and the machines
    /// - `POST /simulator/instances?instance=ID&change=freeze[&value=...]` (see ``InstanceChange``), or
    ///   `change=add[&value=HOST]`
    /// - `POST /simulator/hosts?name=HOST&change=activate`, or `change=deactivate`
    /// - `POST /simulator/messages?name=warning&value=...`: adds a message to GetServiceStatus
    /// - `DELETE /simulator/messages`, also as `POST /simulator/messages/clear`: removes all messages
    mutating func control(_ request: SimulatedRequest, at real: Double) -> SimulatedReply {
        let query = request.query
        if options.edition == .serviceProvider, let reply = controlInstallation(request) { return reply }
        if let id = query["instance"], installation.index(of: id) == nil { return refusal(.noInstance(id)) }
        switch (request.method, request.path) {
        case ("POST", "/simulator/faults"):
            return injectFault(query)
        case ("DELETE", "/simulator/faults"), ("POST", "/simulator/faults/clear"):
            faults.clear(function: query["function"], instance: query["instance"])
            return controlReply(["faults": "cleared"])
        case ("POST", "/simulator/quirks"):
            guard let name = query["name"], setQuirk(name, to: query["value"] ?? "", of: query["instance"]) else {
                return reply(status: 400, "The name= is unknown, or its value= is invalid.")
            }
            return controlReply(["quirk": .string(name)])
        case ("POST", "/simulator/database"):
            return changeDatabase(query["change"], of: query["instance"])
        case ("POST", "/simulator/restart"):
            if let id = query["instance"] { return changeInstance(["instance": id, "change": "restart"]) }
            restart()
            return controlReply(["server": "restarted"])
        case ("POST", "/simulator/clock"):
            return setClock(query, at: real)
        case ("POST", "/simulator/password"):
            guard let password = query["value"] else { return reply(status: 400, "value= is missing.") }
            world.change(user: world.username) { $0.password = password }
            return controlReply(["password": "changed"])
        case ("GET", "/simulator/state"), ("HEAD", "/simulator/state"):
            let instance = query["instance"]
            let shown = withWorld(of: instance, at: world.now) { $0 } ?? world
            return controlReply(state(of: instance, shown, since: query["since"].flatMap { Double($0) }))
        case ("GET", "/simulator/requests"), ("HEAD", "/simulator/requests"):
            return controlReply(.array(log.records.map(Self.json(of:))))
        case (_, let path) where pages.contains(path):
            return reply(status: 405, "This page does not support the method.")
        default:
            return reply(status: 404, "Pages: " + pages.joined(separator: ", "))
        }
    }

    private var pages: [String] {
        Self.pages + (options.edition == .serviceProvider ? Self.installationPages : [])
    }

    private static let pages = [
        "/simulator/faults", "/simulator/faults/clear", "/simulator/quirks", "/simulator/restart",
        "/simulator/database", "/simulator/clock", "/simulator/password", "/simulator/state", "/simulator/requests",
    ]
    /// The parameters of all pages.
    static let parameters: [StaticString] = [
        "function", "fault", "times", "value", "name", "change", "advance", "speed", "dateOffset", "error", "since",
        "instance",
    ]
    /// No clock goes farther at once, in seconds: three centuries.
    private static let farthest = 1e10

    private mutating func injectFault(_ query: [String: String]) -> SimulatedReply {
        let name = query["fault"] ?? ""
        guard Fault.allNames.contains(name) else {
            return reply(status: 400, "fault= must be one of: \(Fault.allNames.joined(separator: ", ")).")
        }
        guard let fault = Fault(name: name, value: query["value"]) else {
            return reply(status: 400, "The value= is missing, or invalid for the fault \(name).")
        }
        var times: Int?
        if let text = query["times"] {
            guard let number = Int(text), number > 0 else {
                return reply(status: 400, "times= must be a whole number above 0.")
            }
            times = number
        }
        faults.add(fault, for: query["function"] ?? "*", instance: query["instance"], times: times)
        return controlReply(["injected": .string(name)])
    }

    private mutating func setQuirk(_ name: String, to value: String, of instance: String?) -> Bool {
        guard let instance else { return options.quirks.set(name, to: value) }
        guard let index = installation.index(of: instance) else { return false }
        var quirks = installation.instances[index].quirks ?? options.quirks
        guard quirks.set(name, to: value) else { return false }
        installation.instances[index].quirks = quirks
        return true
    }

    private mutating func setClock(_ query: [String: String], at real: Double) -> SimulatedReply {
        let instance = query["instance"]
        let query = query.filter { $0.key != "instance" }
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
        if let error = numbers["error"] { withWorld(of: instance, at: world.now) { $0.clockError = Int(error) } }
        advance(to: real)
        return controlReply(["now": .decimal(world.now)])
    }

    private mutating func changeDatabase(_ change: String?, of instance: String?) -> SimulatedReply {
        if options.edition == .serviceProvider, instance == nil {
            return reply(status: 400, "instance= is missing: each instance has a database of its own.")
        }
        let index = instance.flatMap { installation.index(of: $0) }
        switch change {
        case "backup":
            guard let copy = withWorld(of: instance, at: world.now, { $0 }) else { break }
            if let index { installation.instances[index].backup = copy } else { backup = copy }
        case "restore":
            let copy = index.map { installation.instances[$0].restorable } ?? backup
            withWorld(of: instance, at: world.now) { $0.restore(copy) }
        case "new":
            withWorld(of: instance, at: world.now) { $0.setUpAnew() }
        default: return reply(status: 400, "change= must be backup, restore or new.")
        }
        return controlReply(["database": .optional(change)])
    }

    func controlReply(_ json: JSONValue) -> SimulatedReply {
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
