// Control pages that only the Service Provider Edition has.
extension SimulatorCore {
    static let installationPages = [
        "/simulator/instances", "/simulator/hosts", "/simulator/messages", "/simulator/messages/clear",
    ]

    /// The reply of a page about instances, machines or messages; nil for any other page.
    mutating func controlInstallation(_ request: SimulatedRequest) -> SimulatedReply? {
        switch (request.method, request.path) {
        case ("GET", "/simulator/instances"), ("HEAD", "/simulator/instances"):
            return controlReply(.array(installation.instances.map(Self.json)))
        case ("GET", "/simulator/hosts"), ("HEAD", "/simulator/hosts"):
            return controlReply(.array(installation.hosts.map(Self.json)))
        case ("POST", "/simulator/instances"):
            return changeInstance(request.query)
        case ("POST", "/simulator/hosts"):
            return changeHost(request.query)
        case ("POST", "/simulator/messages"):
            guard let severity = request.query["name"].flatMap({ ServiceMessage.Severity(rawValue: $0) }),
                let text = request.query["value"]
            else { return reply(status: 400, "name= must be information, warning or error, and value= a text.") }
            installation.messages.append(ServiceMessage(severity, text))
            return controlReply(["messages": .integer(installation.messages.count)])
        case ("DELETE", "/simulator/messages"), ("POST", "/simulator/messages/clear"):
            installation.messages = []
            return controlReply(["messages": "cleared"])
        default:
            return nil
        }
    }

    /// The reply to an order that cannot be carried out.
    func refusal(_ error: SimulatorError) -> SimulatedReply {
        reply(status: 400, error.description)
    }

    mutating func changeInstance(_ query: [String: String]) -> SimulatedReply {
        guard let id = query["instance"], let name = query["change"] else {
            return reply(status: 400, "instance= or change= is missing.")
        }
        do throws(SimulatorError) {
            if name == "add" {
                try installation.add(id, displayName: id, host: query["value"], options: options, at: world.now)
            } else {
                guard let change = InstanceChange(name: name, value: query["value"]) else {
                    return reply(status: 400, "The change= is unknown, or its value= is invalid.")
                }
                try apply(change, to: id)
            }
        } catch {
            return refusal(error)
        }
        let instance = installation.index(of: id).map { Self.json(of: installation.instances[$0]) }
        return controlReply(instance ?? ["instanceID": .string(id), "status": "closed"])
    }

    private mutating func changeHost(_ query: [String: String]) -> SimulatedReply {
        let change = query["change"]
        guard change == "activate" || change == "deactivate" else {
            return reply(status: 400, "change= must be activate or deactivate.")
        }
        let name = query["name"] ?? ""
        // One machine can have several roles.
        let indices = installation.hosts.indices.filter { installation.hosts[$0].serverName == name }
        guard !indices.isEmpty else { return refusal(.noHost(name)) }
        for index in indices { installation.hosts[index].isActive = change == "activate" }
        settleInstances()
        return controlReply(.array(indices.map { Self.json(of: installation.hosts[$0]) }))
    }

    private static func json(of instance: SimulatedInstance) -> JSONValue {
        [
            "instanceID": .string(instance.instanceID),
            "alias": .optional(instance.alias),
            "displayName": .string(instance.displayName),
            "instanceHost": .string(instance.instanceHost),
            "running": .bool(instance.isRunning),
            "frozen": .bool(instance.operation.isFrozen),
            "safeMode": .bool(instance.operation.isInSafeMode),
            "providerAccess": .bool(instance.hasProviderAccess),
            "processUniqueID": .string(instance.processUniqueID),
            "startStopError": .optional(instance.startStopError),
        ]
    }

    private static func json(of host: SimulatedHost) -> JSONValue {
        [
            "serverName": .string(host.serverName), "role": .string(host.role.rawValue),
            "active": .bool(host.isActive),
        ]
    }
}
