internal import OperatingSystem

// The parts of the Service Provider Edition that a test can inspect and change while the server runs.
extension Simulator {
    /// The installation: machines, messages and instances.
    ///
    /// It is empty if the options ask for MailStore Server.
    public func installation() -> Installation {
        withCore { core, _ in core.installation }
    }

    /// Changes machines, messages and licensee; instances on a machine that is not active stop, and start again later.
    ///
    /// - Parameter body: Receives the installation and changes it in place.
    /// - Returns: The result of `body`.
    @discardableResult
    public func changeInstallation<Result>(_ body: (inout Installation) throws -> Result) rethrows -> Result {
        try withCore { core, _ in
            defer { core.settleInstances() }
            return try body(&core.installation)
        }
    }

    /// Changes an instance.
    ///
    /// ```swift
    /// try simulator.apply(.freeze, toInstance: "kunde0001")
    /// try simulator.apply(.move(host: "SPE-HOST02"), toInstance: "kunde0002")
    /// ```
    ///
    /// - Throws: ``SimulatorError`` if there is no such instance or host.
    public func apply(_ change: InstanceChange, toInstance id: String) throws(SimulatorError) {
        try instanceResult { core throws(SimulatorError) in try core.apply(change, to: id) }
    }

    /// Adds an instance with an archive without runs.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - displayName: The customer's name; nil: the id.
    ///   - host: The name of an instance host; nil: the first one that is active.
    /// - Throws: ``SimulatorError`` if the id is empty or taken, or there is no such host.
    public func addInstance(_ id: String, displayName: String? = nil, host: String? = nil) throws(SimulatorError) {
        try instanceResult { core throws(SimulatorError) in
            try core.installation.add(
                id, displayName: displayName ?? id, host: host, options: core.options, at: core.world.now)
        }
    }

    /// The current state of an instance's archive; nil if there is no such instance.
    public func state(ofInstance id: String) -> World? {
        withCore { core, _ in core.withWorld(of: id, at: core.world.now) { $0 } }
    }

    /// Changes the archive of an instance.
    ///
    /// - Parameters:
    ///   - id: The id of the instance.
    ///   - body: Receives the archive and changes it in place.
    /// - Returns: The result of `body`; nil if there is no such instance.
    @discardableResult
    public func change<Result>(instance id: String, _ body: (inout World) throws -> Result) rethrows -> Result? {
        try withCore { core, _ in try core.withWorld(of: id, at: core.world.now, body) }
    }

    /// Gives an instance quirks of its own, from now on.
    ///
    /// - Parameters:
    ///   - id: The id of the instance.
    ///   - body: Receives its current quirks and changes them in place.
    /// - Throws: ``SimulatorError`` if there is no such instance.
    public func changeQuirks(ofInstance id: String, _ body: (inout Quirks) -> Void) throws(SimulatorError) {
        try instanceResult { core throws(SimulatorError) in
            guard let index = core.installation.index(of: id) else { throw .noInstance(id) }
            var quirks = core.installation.instances[index].quirks ?? core.options.quirks
            body(&quirks)
            core.installation.instances[index].quirks = quirks
        }
    }

    /// Runs `body` with the core, and throws what it throws.
    private func instanceResult(
        _ body: (inout SimulatorCore) throws(SimulatorError) -> Void
    ) throws(SimulatorError) {
        let result = withCore { core, _ in
            Result { () throws(SimulatorError) in try body(&core) }
        }
        try result.get()
    }
}
