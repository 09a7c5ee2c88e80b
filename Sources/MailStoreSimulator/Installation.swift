/// A simulated installation of the Service Provider Edition: machines, instances and messages.
///
/// If ``SimulatorOptions/hasOddInstances`` is true, one machine at the start does not take part in the service, there is
/// a message of each severity, and of every hundred instances these are not in order:
///
/// | Instance | |
/// |---|---|
/// | `kunde0003` | service provider access is off |
/// | `kunde0004` | frozen |
/// | `kunde0005` | stopped |
/// | `kunde0006` | stopped, because its start failed |
/// | `kunde0007` | in safe mode |
/// | `kunde0008` | start mode `manual` |
/// | `kunde0009` | its current store has an error, so archiving fails |
/// | `kunde0010` | stopped, because its host is not active |
/// | `kunde0011` | without stores, profiles, jobs |
/// | `kunde0012` | without an alias |
///
/// None of this changes with time. ``Simulator/apply(_:toInstance:)`` and ``Simulator/changeInstallation(_:)`` do.
public struct Installation: Sendable, Equatable {
    /// The name of the provider that holds the licence.
    public var licenseeName = "Muster-Systemhaus GmbH & Co. KG"
    /// The number of the provider that holds the licence.
    public var licenseeID = "24601"
    /// The machines, the management server first.
    public var hosts: [SimulatedHost] = []
    /// The messages of GetServiceStatus.
    public var messages: [ServiceMessage] = []
    /// The instances, in the order in which GetInstances lists them.
    public internal(set) var instances: [SimulatedInstance] = []

    /// The place of the instance with exactly this id; nil: there is none.
    func index(of id: String) -> Int? {
        instances.firstIndex { $0.instanceID == id }
    }

    /// Changes an instance at an instant, in seconds since 1970 (UTC).
    ///
    /// - Returns: Whether a process has ended, with all that it was doing.
    mutating func apply(_ change: InstanceChange, to id: String, at now: Double) throws(SimulatorError) -> Bool {
        guard let index = index(of: id) else { throw .noInstance(id) }
        var restarts = false
        switch change {
        case .start: instances[index].operation.isRunning = true
        case .stop: instances[index].operation.isRunning = false
        case .restart:
            instances[index].operation.isRunning = true
            restarts = true
        case .freeze: instances[index].operation.isFrozen = true
        case .thaw: instances[index].operation.isFrozen = false
        case .close:
            instances.remove(at: index)
            return true
        case .move(let host):
            guard hosts.contains(where: { $0.serverName == host && $0.role == .instanceHost }) else {
                throw .noHost(host)
            }
            restarts = instances[index].instanceHost != host
            instances[index].instanceHost = host
            instances[index].world.advance(to: now)
            instances[index].world.machineName = host
        case .rename(let displayName): instances[index].displayName = displayName
        case .alias(let alias): instances[index].alias = alias
        case .providerAccess(let isOn): instances[index].hasProviderAccess = isOn
        case .safeMode(let isOn):
            restarts = instances[index].operation.isInSafeMode != isOn
            instances[index].operation.isInSafeMode = isOn
        case .startStopError(let text): instances[index].startStopError = text
        }
        return settle(index, restarts: restarts, at: now)
    }

    /// Starts, stops or changes the process of an instance as the instance and its host require.
    ///
    /// - Parameters:
    ///   - index: The place of the instance.
    ///   - restarts: Whether a process that runs is replaced.
    ///   - now: Seconds since 1970 (UTC).
    /// - Returns: Whether a process has ended.
    mutating func settle(_ index: Int, restarts: Bool = false, at now: Double) -> Bool {
        let wasRunning = instances[index].isRunning
        let host = instances[index].instanceHost
        let isHosted = hosts.contains { $0.serverName == host && $0.role == .instanceHost && $0.isActive }
        var operation = instances[index].operation
        if operation.isRunning, !isHosted {
            operation.isRunning = false
            if wasRunning || instances[index].startStopError == nil {
                instances[index].startStopError = "The instance host \(host) is not available."
            }
        }
        guard restarts || operation != instances[index].actualOperation else { return false }
        instances[index].actualOperation = operation
        instances[index].world.change(to: operation, restarts: restarts, at: now)
        if operation.isRunning, restarts || !wasRunning { instances[index].beginProcess() }
        return wasRunning && (restarts || !operation.isRunning)
    }
}

extension SimulatorError {
    static func noInstance(_ id: String) -> SimulatorError {
        SimulatorError("there is no instance '\(id)'; GET /simulator/instances lists them")
    }

    static func noHost(_ name: String) -> SimulatorError {
        SimulatorError("there is no instance host '\(name)'; GET /simulator/hosts lists the machines")
    }
}
