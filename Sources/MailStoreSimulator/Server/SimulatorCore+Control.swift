extension SimulatorCore {
    /// Pages for tests in other processes: they order faults and tell what the server holds.
    ///
    /// They need no login and are no part of MailStore: never let a simulator listen where strangers can reach it.
    ///
    /// - `POST /simulator/faults?function=GetStores&fault=hang[&times=3][&value=...]` (see ``Fault``)
    /// - `DELETE /simulator/faults[?function=...]`, also as `POST /simulator/faults/clear`
    /// - `POST /simulator/restart`: tokens and sessions are gone
    /// - `GET /simulator/state[?since=SECONDS]`: the world; runs are counted from that instant of completion on
    /// - `GET /simulator/requests`: the calls that reached the API
    mutating func control(_ request: SimulatedRequest) -> SimulatedReply {
        switch (request.method, request.path) {
        case ("POST", "/simulator/faults"):
            return orderFault(request.query)
        case ("DELETE", "/simulator/faults"), ("POST", "/simulator/faults/clear"):
            faults.clear(function: request.query["function"])
            return controlReply(["faults": "cleared"])
        case ("POST", "/simulator/restart"):
            restart()
            return controlReply(["server": "restarted"])
        case ("GET", "/simulator/state"), ("HEAD", "/simulator/state"):
            return controlReply(state(since: request.query["since"].flatMap { Double($0) }))
        case ("GET", "/simulator/requests"), ("HEAD", "/simulator/requests"):
            return controlReply(.array(log.records.map(Self.json(of:))))
        case (_, "/simulator/faults"), (_, "/simulator/faults/clear"), (_, "/simulator/restart"),
            (_, "/simulator/state"), (_, "/simulator/requests"):
            return reply(status: 405, "The page does not take this method.")
        default:
            return reply(
                status: 404, "Pages: /simulator/faults, /simulator/restart, /simulator/state, /simulator/requests")
        }
    }

    private mutating func orderFault(_ query: [String: String]) -> SimulatedReply {
        guard let name = query["fault"], let fault = Fault(name: name, value: query["value"]) else {
            return reply(status: 400, "fault= names no fault, or value= does not fit it.")
        }
        var times: Int?
        if let text = query["times"] {
            guard let number = Int(text), number > 0 else {
                return reply(status: 400, "times= must be a whole number above 0.")
            }
            times = number
        }
        faults.add(fault, for: query["function"] ?? "*", times: times)
        return controlReply(["ordered": .string(name)])
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
