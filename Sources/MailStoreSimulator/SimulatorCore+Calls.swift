extension SimulatorCore {
    /// Calls a function and wraps its result in an envelope.
    mutating func invoke(
        _ name: String,
        _ values: [String: String],
        _ fault: Fault?,
        _ real: Double
    ) -> SimulatedEnvelope {
        guard let function = functions[name] else { return .failed(.unknownFunction(name)) }
        do {
            let arguments = try Arguments(values, for: function, options: options)
            switch try function.answer(&world, arguments) {
            case .process(let plan):
                return start(plan, of: name, fault, real)
            case .result(let plain):
                let result = options.quirks.applied(to: plain)
                let running = options.quirks.runningFunctions
                guard running.contains(name) || running.contains("*") else {
                    return SimulatedEnvelope(result: result)
                }
                let plan = ProcessPlan(
                    steps: [.init(at: 0, log: ""), .init(at: 0.5, log: "")], ending: .succeeded(result),
                    effect: .nothing)
                return start(plan, of: name, fault, real)
            }
        } catch {
            return .failed(error)
        }
    }

    private mutating func start(_ plan: ProcessPlan, of name: String, _ fault: Fault?, _ real: Double)
        -> SimulatedEnvelope
    {
        var plan = plan
        switch fault {
        case .endlessProcess: plan.isEndless = true
        case .longLog(let bytes): plan.extraLogBytes = bytes
        default: break
        }
        var process = processes.start(plan, of: name, at: world.now, real: real)
        let status = process.status(at: world.now, newerThan: -1, quirks: options.quirks)
        processes[process.token] = process
        return status ?? SimulatedEnvelope()
    }

    /// The reply to get-status, or the long poll that it starts.
    mutating func getStatus(
        _ values: [String: String],
        _ fault: Fault?,
        _ number: Int,
        _ real: Double
    ) -> RequestProgress {
        let function = APIFunction.read(
            "get-status", [.string("token"), .number("lastKnownStatusVersion"), .number("millisecondsTimeout")]
        ) { _, _ in nil }
        do {
            let arguments = try Arguments(values, for: function, options: options)
            let wait = Double(min(max(arguments.number("millisecondsTimeout") ?? 0, 0), 3_600_000)) / 1000
            let token = arguments.string("token") ?? ""
            if let process = processes[token], faults.takeExpiredToken(ofProcess: process.function) {
                processes[token] = nil
            }
            return poll(
                token, known: arguments.number("lastKnownStatusVersion") ?? 0, until: real + wait, fault, number, real)
        } catch {
            return .reply(reply(SimulatedEnvelope.failed(error).json, fault))
        }
    }

    /// Answers a poll if there is a newer status or its timeout has passed.
    mutating func poll(
        _ token: String,
        known: Int,
        until due: Double,
        _ fault: Fault?,
        _ number: Int,
        _ real: Double
    ) -> RequestProgress {
        guard var process = processes[token] else { return .reply(unknownToken) }
        process.lastUse = real
        let quirks = options.quirks
        var status = process.status(at: world.now, newerThan: known, quirks: quirks)
        if status == nil, real >= due { status = process.repeatedStatus(at: world.now, quirks: quirks) }
        processes[token] = process
        guard let status else {
            return .wait(
                PendingRequest(reason: .poll(token: token, known: known, fault: fault), due: due, number: number))
        }
        return .reply(reply(status.json, fault))
    }

    /// Cancels a process.
    mutating func cancel(_ values: [String: String], _ fault: Fault?) -> SimulatedReply {
        guard let token = values["token"] else {
            return reply(SimulatedEnvelope.failed(.missingArgument("token", options.quirks.language)).json, fault)
        }
        guard var process = processes[token] else { return unknownToken }
        process.cancel(at: world.now)
        let status = process.repeatedStatus(at: world.now, quirks: options.quirks)
        processes[token] = process
        return reply((status ?? SimulatedEnvelope()).json, fault)
    }

    private var unknownToken: SimulatedReply {
        reply(status: 404, "The token is unknown or has expired.")
    }
}
