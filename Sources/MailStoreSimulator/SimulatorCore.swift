/// The simulated server without its sockets: state, processes, faults and protocol.
///
/// It is a pure value: the caller passes the time to each call, and a request that takes time is returned as a
/// ``PendingRequest``.
struct SimulatorCore: Sendable {
    /// Real seconds after which a hanging request is dropped, so that requests of disconnected clients do not
    /// accumulate.
    private static let longestHang = 600.0

    var options: SimulatorOptions
    /// The state of MailStore Server, or of the management server of the Service Provider Edition: its clock and its users.
    var world: World
    /// The instances of the Service Provider Edition, each with an archive; MailStore Server has none.
    var installation: Installation
    var clock: SimulatedClock
    var processes: ProcessTable
    var faults = FaultQueue()
    var log = RequestLog()
    /// The state to which the database can be restored; the one at the start, until a backup is made.
    var backup: World
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
        switch options.edition {
        case .server: world = World(options, begin: Int(start) - max(0, options.history) * 86_400)
        case .serviceProvider: world = World(options, begin: Int(start), content: .managementServer(options))
        }
        world.advance(to: start)
        backup = world
        installation = Installation(options, start: start)
        clock = SimulatedClock(real: real, simulated: start, speed: options.speed)
        processes = ProcessTable(seed: options.seed)
        functions = FunctionTable(oldServer: options.oldServer, edition: options.edition)
    }

    /// Brings the state and the processes up to a real instant, in seconds since 1970 (UTC).
    ///
    /// The archive of an instance follows when it is asked for.
    mutating func advance(to real: Double) {
        let target = max(world.now, clock.simulated(at: real))
        for process in processes.takeEnded(by: target, real: real) {
            withWorld(of: process.instance, at: process.end ?? target) { world in
                guard case .command(let name, let store) = process.plan.effect, !process.wasCancelled else { return }
                world.applyEffect(of: name, store: store)
            }
        }
        world.advance(to: target)
        processes.removeOld(at: world.now, real: real)
    }

    /// Runs `body` with the archive of an instance, or with MailStore Server's, at a simulated instant.
    ///
    /// - Returns: The result of `body`; nil if there is no such instance.
    @discardableResult
    mutating func withWorld<Result>(
        of instance: String?,
        at instant: Double,
        _ body: (inout World) throws -> Result
    ) rethrows -> Result? {
        guard let instance else {
            world.advance(to: instant)
            return try body(&world)
        }
        guard let index = installation.index(of: instance) else { return nil }
        installation.instances[index].world.advance(to: instant)
        return try body(&installation.instances[index].world)
    }

    /// Changes an instance; what its old process was doing is lost.
    mutating func apply(_ change: InstanceChange, to id: String) throws(SimulatorError) {
        if try installation.apply(change, to: id, at: world.now) { processes.removeAll(ofInstance: id) }
    }

    /// Starts and stops the processes of instances after a change of their hosts.
    mutating func settleInstances() {
        for index in installation.instances.indices where installation.settle(index, at: world.now) {
            processes.removeAll(ofInstance: installation.instances[index].instanceID)
        }
    }

    /// Simulates a restart of the service: sessions and tokens are lost.
    mutating func restart() {
        processes.removeAll()
        world.sessions = []
    }

    /// Handles a new request.
    mutating func begin(_ request: SimulatedRequest, at real: Double) -> RequestProgress {
        advance(to: real)
        if request.path == "/simulator" || request.path.hasPrefix("/simulator/") {
            return .reply(control(request, at: real))
        }
        guard let function = Self.function(in: request.path) else {
            return .reply(reply(status: 404, "No such page."))
        }
        let arguments = request.arguments
        let fault = faults.take(for: function, instance: instance(function, arguments))
        let number = log.append(
            RequestRecord(
                function: function, arguments: arguments,
                userName: AuthorizationHeader(request.authorization)?.userName, fault: fault, time: real))
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

    /// Continues a pending request.
    mutating func resume(_ pending: PendingRequest, at real: Double) -> RequestProgress {
        advance(to: real)
        let isDue = real >= pending.due
        switch pending.reason {
        case .hang:
            return isDue ? .reply(SimulatedReply(delivery: .disconnect)) : .wait(pending)
        case .delay(let request, let function):
            return isDue ? answer(request, function, nil, pending.number, real) : .wait(pending)
        case .poll(let token, let known, let fault):
            let progress = withQuirks(of: processes[token]?.instance) { core in
                core.poll(token, known: known, until: pending.due, fault, pending.number, real)
            }
            return noted(progress, pending.number)
        }
    }

    /// The instance that a call is about; nil: none, as with each call on MailStore Server.
    private func instance(_ function: String, _ arguments: [String: String]) -> String? {
        guard options.edition == .serviceProvider else { return nil }
        switch function {
        case "get-status", "cancel-async": return arguments["token"].flatMap { processes[$0]?.instance }
        default: return arguments["instanceID"]
        }
    }

    /// Runs `body` while the quirks are those of the instance, if it has its own.
    private mutating func withQuirks<Result>(of instance: String?, _ body: (inout Self) -> Result) -> Result {
        guard let instance, let index = installation.index(of: instance),
            let own = installation.instances[index].quirks
        else { return body(&self) }
        let shared = options.quirks
        options.quirks = own
        defer { options.quirks = shared }
        return body(&self)
    }

    /// The function that a path of the API calls (`docs/api.md`, "Protocol"); nil for any other path.
    ///
    /// A slash may be doubled after `/api`: the vendor's oldest published client calls `/api//get-status`.
    private static func function(in path: String) -> String? {
        let path = path.hasPrefix("/api//") ? "/api/" + path.dropFirst(6) : path
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
    ) -> RequestProgress {
        let arguments = request.arguments
        let progress = withQuirks(of: instance(function, arguments)) { core in
            core.answer(request, function, arguments, fault, number, real)
        }
        return noted(progress, number)
    }

    private mutating func answer(
        _ request: SimulatedRequest,
        _ function: String,
        _ arguments: [String: String],
        _ fault: Fault?,
        _ number: Int,
        _ real: Double
    ) -> RequestProgress {
        if let reply = fault.flatMap(replacement) { return .reply(reply) }
        if let refusal = refusal(of: request, function) { return .reply(refusal) }
        switch function {
        case "get-metadata": return .reply(reply(metadata, fault))
        case "get-status": return getStatus(arguments, fault, number, real)
        case "cancel-async": return .reply(cancel(arguments, fault))
        default:
            return .reply(
                reply(repeatingLogin(of: request, in: invoke(function, arguments, fault, real)).json, fault))
        }
    }

    /// Records the status of a finished request in the request log.
    private mutating func noted(_ progress: RequestProgress, _ number: Int) -> RequestProgress {
        if case .reply(let reply) = progress {
            log.note(status: reply.delivery == .disconnect ? nil : reply.status, of: number)
        }
        return progress
    }
}

/// The progress of a request.
enum RequestProgress: Sendable {
    case reply(SimulatedReply)
    /// There is no reply yet: resume the request later, at the latest when it is due.
    case wait(PendingRequest)
}

/// A request without a reply so far.
struct PendingRequest: Sendable {
    enum Reason: Sendable {
        case hang
        /// The reply is delayed by a fault.
        case delay(SimulatedRequest, function: String)
        /// A long poll waits for a status that is newer than the known one.
        case poll(token: String, known: Int, fault: Fault?)
    }

    var reason: Reason
    /// The real instant at which the wait ends, in seconds since 1970 (UTC).
    var due: Double
    /// The number of the call in the request log.
    var number: Int
}

/// Converts real time to simulated time.
struct SimulatedClock: Sendable {
    private var realBase: Double
    private var simulatedBase: Double
    /// Simulated seconds in a real second.
    private var speed: Double
    /// Seconds by which the `Date` header is ahead of the simulated time.
    var dateOffset = 0.0

    init(real: Double, simulated: Double, speed: Double) {
        realBase = real
        simulatedBase = simulated
        self.speed = max(0, speed)
    }

    /// The simulated time at a real time, both in seconds since 1970 (UTC).
    func simulated(at real: Double) -> Double {
        simulatedBase + max(0, real - realBase) * speed
    }

    /// Sets the simulated clock, which then continues from the new time.
    mutating func set(to simulated: Double, at real: Double) {
        realBase = real
        simulatedBase = simulated
    }

    /// Changes the speed, from this real time on.
    mutating func set(speed: Double, at real: Double) {
        set(to: simulated(at: real), at: real)
        self.speed = max(0, speed)
    }
}
