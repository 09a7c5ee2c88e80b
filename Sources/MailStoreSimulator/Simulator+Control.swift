extension Simulator {
    /// Orders a fault for the calls of a function.
    ///
    /// - Parameters:
    ///   - function: a function's name, `get-status`, `get-metadata`, `cancel-async`, or `*` for all.
    ///   - times: for how many calls; nil = until it is cleared. Orders happen in the order they were given.
    public func order(_ fault: Fault, for function: String = "*", times: Int? = nil) {
        withCore { core, _ in core.faults.add(fault, for: function, times: times) }
    }

    /// Takes back the faults that were ordered under that name; nil = all.
    public func clearFaults(for function: String? = nil) {
        withCore { core, _ in core.faults.clear(function: function) }
    }

    /// What the server holds at this moment.
    public func state() -> World {
        withCore { core, _ in core.world }
    }

    /// Changes what the server holds: its stores, users, runs and so on.
    @discardableResult
    public func change<Result>(_ body: (inout World) throws -> Result) rethrows -> Result {
        try withCore { core, _ in try body(&core.world) }
    }

    /// Changes how the server behaves from now on.
    public func changeQuirks(_ body: (inout Quirks) -> Void) {
        withCore { core, _ in body(&core.options.quirks) }
    }

    /// The calls that reached the API, oldest first; of very many, the newest.
    public func requestLog() -> [RequestRecord] {
        withCore { core, _ in core.log.records }
    }

    /// Forgets the calls that reached the API.
    public func clearRequestLog() {
        withCore { core, _ in core.log.clear() }
    }

    /// The simulated instant, in seconds since 1970 (UTC).
    public func simulatedNow() -> Double {
        withCore { core, _ in core.world.now }
    }

    /// Sets the simulated clock, in seconds since 1970 (UTC), and lets happen what was due until then.
    ///
    /// It never goes back.
    public func setClock(to instant: Double) {
        withCore { core, real in
            core.clock.set(to: max(instant, core.world.now), at: real)
            core.advance(to: real)
        }
    }

    /// Lets the simulated clock jump ahead by so many seconds.
    public func advanceClock(by seconds: Double) {
        withCore { core, real in
            core.clock.set(to: core.world.now + max(0, seconds), at: real)
            core.advance(to: real)
        }
    }

    /// Changes how many simulated seconds pass in a real one.
    public func setSpeed(_ speed: Double) {
        withCore { core, real in core.clock.set(speed: speed, at: real) }
    }

    /// Puts the `Date` header so many seconds ahead of the simulated clock (behind, where negative).
    public func setDateOffset(_ seconds: Double) {
        withCore { core, _ in core.clock.dateOffset = seconds }
    }

    /// Changes the password of the user that the options named.
    public func setPassword(_ password: String) {
        change { world in world.change(user: world.settings.username) { $0.password = password } }
    }

    /// Does what a restart of the service does: tokens and sessions vanish, the archive stays.
    public func restart() {
        withCore { core, _ in core.restart() }
    }
}
