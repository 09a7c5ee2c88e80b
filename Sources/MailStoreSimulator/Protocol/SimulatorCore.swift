/// The whole simulated server but for its sockets: world, processes, faults and protocol.
///
/// A pure value: time comes in with each call, and what would take time is handed back as an ``Action`` to wait for.
struct SimulatorCore: Sendable {
    /// Real seconds after which a request that hangs is dropped, so that a client which has left is not kept for ever.
    static let longestHang = 600.0

    var options: SimulatorOptions
    var world: World
    var clock: SimulatedClock
    var processes: ProcessTable
    var faults = FaultOrders()
    var log = RequestLog()
    let functions: FunctionTable

    init(_ options: SimulatorOptions) {
        var options = options
        if options.oldServer {
            options.version = "9.0.0.9702"
            options.quirks.finalTokenIsNull = false
        }
        self.options = options
        let real = options.now()
        let start = options.start ?? real
        world = World(
            World.Settings(
                seed: options.seed, begin: Int(start) - max(0, options.history) * 86_400, version: options.version,
                machineName: options.machineName, localTimeZone: options.localTimeZone, username: options.username,
                password: options.password, isAlive: options.isAlive))
        world.advance(to: start)
        clock = SimulatedClock(real: real, simulated: start, speed: options.speed)
        processes = ProcessTable(seed: options.seed)
        functions = FunctionTable(oldServer: options.oldServer)
    }

    /// Lets the world and the processes catch up with a real instant, in seconds since 1970 (UTC).
    mutating func advance(to real: Double) {
        let target = max(world.now, clock.simulated(at: real))
        for process in processes.takeEnded(by: target, real: real) {
            world.advance(to: process.end ?? target)
            if case .command(let name, let store) = process.plan.effect, !process.wasCancelled {
                world.applyEffect(of: name, store: store)
            }
        }
        world.advance(to: target)
        processes.forgetOld(at: world.now, real: real)
    }

    /// What a restart of the service does: nobody is logged on and no token is known any more.
    mutating func restart() {
        processes.forget()
        world.sessions = []
    }

    /// Takes a request in.
    mutating func begin(_ request: SimulatedRequest, at real: Double) -> Action {
        advance(to: real)
        if request.path == "/simulator" || request.path.hasPrefix("/simulator/") {
            return .reply(control(request))
        }
        guard let function = Self.function(in: request.path) else {
            return .reply(reply(status: 404, "There is nothing at this address."))
        }
        let fault = faults.take(for: function)
        let number = log.append(
            RequestRecord(
                function: function, arguments: request.arguments,
                userName: BasicCredentials(request.authorization)?.userName, fault: fault, time: real))
        switch fault {
        case .hang:
            return .wait(PendingRequest(reason: .hang, due: real + Self.longestHang, number: number))
        case .delay(let seconds):
            return .wait(
                PendingRequest(reason: .delay(request, function: function), due: real + seconds, number: number))
        default:
            return answer(request, function, fault, number, real)
        }
    }

    /// Looks again at a request that waits.
    mutating func resume(_ pending: PendingRequest, at real: Double) -> Action {
        advance(to: real)
        let isDue = real >= pending.due
        switch pending.reason {
        case .hang:
            return isDue ? .reply(SimulatedReply(delivery: .disconnect)) : .wait(pending)
        case .delay(let request, let function):
            return isDue ? answer(request, function, nil, pending.number, real) : .wait(pending)
        case .poll(let token, let known, let fault):
            return noted(
                poll(token, known: known, until: pending.due, fault, pending.number, real), pending.number)
        }
    }

    /// The function that a path calls; nil where it is none of the API's.
    private static func function(in path: String) -> String? {
        switch path {
        case "/api/get-metadata": return "get-metadata"
        case "/api/get-status": return "get-status"
        case "/api/cancel-async": return "cancel-async"
        default:
            let prefix = "/api/invoke/"
            guard path.hasPrefix(prefix) else { return nil }
            let name = path.dropFirst(prefix.count)
            return name.isEmpty || name.contains("/") ? nil : String(name)
        }
    }

    private mutating func answer(
        _ request: SimulatedRequest,
        _ function: String,
        _ fault: Fault?,
        _ number: Int,
        _ real: Double
    ) -> Action {
        if let reply = fault.flatMap(preempted) { return noted(.reply(reply), number) }
        if let refusal = refusal(of: request, function) { return noted(.reply(refusal), number) }
        let action =
            switch function {
            case "get-metadata": Action.reply(reply(functions.metadata, fault))
            case "get-status": getStatus(request.arguments, fault, number, real)
            case "cancel-async": Action.reply(cancel(request.arguments, fault))
            default: Action.reply(reply(invoke(function, request.arguments, fault, real).json, fault))
            }
        return noted(action, number)
    }

    /// Writes the status of an answer that is certain into the request log.
    private mutating func noted(_ action: Action, _ number: Int) -> Action {
        if case .reply(let reply) = action {
            log.note(status: reply.delivery == .disconnect ? nil : reply.status, of: number)
        }
        return action
    }
}

extension SimulatedRequest {
    /// The fields of the form in the body; none where the body is not said to be a form.
    var arguments: [String: String] {
        let type = contentType?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return [:] }
        return FormDecoding.fields(body)
    }
}
