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
            let instance = options.edition == .serviceProvider ? arguments.string("instanceID") : nil
            switch try answer(function, arguments) {
            case .process(let plan):
                return start(plan, of: name, on: instance, fault, real)
            case .result(let plain):
                let result = options.quirks.applied(to: plain)
                let running = options.quirks.runningFunctions
                guard running.contains(name) || running.contains("*") else {
                    return SimulatedEnvelope(result: result)
                }
                let plan = ProcessPlan(
                    steps: [.init(at: 0, log: ""), .init(at: 0.5, log: "")], ending: .succeeded(result),
                    effect: .nothing)
                return start(plan, of: name, on: instance, fault, real)
            }
        } catch {
            return .failed(error)
        }
    }

    /// The answer of a function, from whatever it is about.
    private mutating func answer(
        _ function: APIFunction,
        _ arguments: Arguments
    ) throws(APIFailure) -> APIFunction.Answer {
        switch function.body {
        case .installation(let answer):
            return .result(try answer(installation, world, arguments))
        case .instance(let answer):
            let index = try instance(for: function, arguments)
            return .result(try answer(installation.instances[index], arguments))
        case .archive(let answer):
            guard options.edition == .serviceProvider else { return try answer(&world, arguments) }
            let index = try instance(for: function, arguments)
            return try answer(&installation.instances[index].world, arguments)
        }
    }

    /// The place of the instance that a call names, with its archive at the present time.
    ///
    /// - Throws: If there is no such instance, it does not run, or its provider has no access to it.
    private mutating func instance(for function: APIFunction, _ arguments: Arguments) throws(APIFailure) -> Int {
        let id = arguments.string("instanceID") ?? ""
        guard let index = installation.index(of: id) else { throw .unknownInstance(id) }
        guard installation.instances[index].isRunning else { throw .stoppedInstance(id) }
        let needsAccess =
            switch function.providerAccess {
            case .needed: true
            case .notNeeded: false
            case .unpublished: arguments.quirks.statisticsNeedProviderAccess
            }
        guard installation.instances[index].hasProviderAccess || !needsAccess else { throw .noProviderAccess(id) }
        installation.instances[index].calls += 1
        installation.instances[index].world.advance(to: world.now)
        return index
    }

    private mutating func start(
        _ plan: ProcessPlan,
        of name: String,
        on instance: String?,
        _ fault: Fault?,
        _ real: Double
    ) -> SimulatedEnvelope {
        var plan = plan
        switch fault {
        case .endlessProcess: plan.isEndless = true
        case .longLog(let bytes): plan.extraLogBytes = bytes
        default: break
        }
        var process = processes.start(plan, of: name, on: instance, at: world.now, real: real)
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
            if let process = processes[token],
                faults.takeExpiredToken(ofProcess: process.function, instance: process.instance)
            {
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
