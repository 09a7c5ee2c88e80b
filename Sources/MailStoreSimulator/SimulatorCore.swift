/// The simulated server without its sockets: state, processes, faults and protocol.
///
/// It is a pure value: the caller passes the time to each call, and a request that takes time is returned as a
/// ``PendingRequest``.
struct SimulatorCore: Sendable {
    /// Real seconds after which a hanging request is dropped, so that requests of disconnected clients do not
    /// accumulate.
    private static let longestHang = 600.0

    var options: SimulatorOptions
    var world: World
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
        world = World(options, begin: Int(start) - max(0, options.history) * 86_400)
        world.advance(to: start)
        backup = world
        clock = SimulatedClock(real: real, simulated: start, speed: options.speed)
        processes = ProcessTable(seed: options.seed)
        functions = FunctionTable(oldServer: options.oldServer)
    }

    /// Brings the state and the processes up to a real instant, in seconds since 1970 (UTC).
    mutating func advance(to real: Double) {
        let target = max(world.now, clock.simulated(at: real))
        for process in processes.takeEnded(by: target, real: real) {
            world.advance(to: process.end ?? target)
            if case .command(let name, let store) = process.plan.effect, !process.wasCancelled {
                world.applyEffect(of: name, store: store)
            }
        }
        world.advance(to: target)
        processes.removeOld(at: world.now, real: real)
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
        let fault = faults.take(for: function)
        let number = log.append(
            RequestRecord(
                function: function, arguments: request.arguments,
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
            return noted(
                poll(token, known: known, until: pending.due, fault, pending.number, real), pending.number)
        }
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
        if let reply = fault.flatMap(replacement) { return noted(.reply(reply), number) }
        if let refusal = refusal(of: request, function) { return noted(.reply(refusal), number) }
        let progress =
            switch function {
            case "get-metadata": RequestProgress.reply(reply(metadata, fault))
            case "get-status": getStatus(request.arguments, fault, number, real)
            case "cancel-async": RequestProgress.reply(cancel(request.arguments, fault))
            default:
                RequestProgress.reply(
                    reply(repeatingLogin(of: request, in: invoke(function, request.arguments, fault, real)).json, fault)
                )
            }
        return noted(progress, number)
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
