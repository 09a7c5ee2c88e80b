/// An instance of a simulated installation of the Service Provider Edition: the archive of one customer, and the process
/// that serves it.
///
/// ``Simulator/apply(_:toInstance:)`` changes one, and ``Simulator/state(ofInstance:)`` returns its archive.
public struct SimulatedInstance: Sendable, Equatable {
    /// The id, unique among the instances.
    public let instanceID: String
    /// The short name for its users' logins; nil: none.
    public internal(set) var alias: String?
    /// The customer's name.
    public internal(set) var displayName: String
    /// The name of the machine on which it runs.
    public internal(set) var instanceHost: String
    /// `automatic` or `manual`; real words are unknown.
    public internal(set) var startMode = "automatic"
    /// Why the last start or stop failed; nil: it did not.
    public internal(set) var startStopError: String?
    /// Whether service provider access is on.
    public internal(set) var hasProviderAccess = true
    /// How it should be operated.
    ///
    /// Its process does not run on a host that is not active, whatever this says.
    public internal(set) var operation = InstanceOperation()
    /// How it is operated.
    var actualOperation = InstanceOperation()
    /// The number of processes it has had.
    private var starts = 1
    /// The calls on it since its process started.
    var calls = 0
    /// Its own quirks; nil: those of the server.
    var quirks: Quirks?
    /// The archive; it is behind the simulator's clock until somebody asks for it.
    var world: World
    /// The state to which the archive can be restored, perhaps not yet advanced to the start of the simulator.
    var backup: World
    private let start: Double
    private let seed: UInt64

    /// Creates an instance that runs.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - displayName: The customer's name.
    ///   - host: The name of its instance host.
    ///   - begin: The instant from which its archive has runs, in seconds since 1970 (UTC).
    ///   - start: The instant at which it becomes visible, in seconds since 1970 (UTC).
    ///   - options: The options of the simulator.
    ///   - change: Changes what its archive has at `begin`.
    init(
        id: String,
        displayName: String,
        host: String,
        begin: Int,
        start: Double,
        options: SimulatorOptions,
        content change: (inout WorldContent) -> Void = { _ in }
    ) {
        instanceID = id
        self.displayName = displayName
        instanceHost = host
        // The seed depends on the id alone: an instance is the same whatever others there are.
        seed = options.seed &+ .hash(of: id)
        var options = options
        options.seed = seed
        options.machineName = host
        var content = WorldContent.instance(options, seed: seed)
        change(&content)
        world = World(options, begin: begin, content: content)
        backup = world
        self.start = start
    }

    /// The backup, advanced to the start of the simulator at least.
    var restorable: World {
        var world = backup
        world.advance(to: start)
        return world
    }

    /// Whether it has a process.
    public var isRunning: Bool { actualOperation.isRunning }

    /// The number of its process in the operating system; nil: it has none.
    public var processID: Int? {
        isRunning ? Int((seed &+ UInt64(starts) &* 7919) % 16_000) * 4 + 1000 : nil
    }

    /// The id of its process, or of the last one: a new process has a new id.
    public var processUniqueID: String {
        var random = SimulatedRandom(seed: seed &+ UInt64(starts) &* 0x9E37_79B9)
        return [8, 4, 4, 4, 12].map { random.hexDigits($0) }.joined(separator: "-")
    }

    /// The status in GetInstances; `running` is the only word that is published.
    func status(_ quirks: Quirks) -> String {
        if !isRunning { return "stopped" }
        return operation.isFrozen && !quirks.frozenInstancesLookRunning ? "frozen" : "running"
    }

    /// Counts a new process, whose statistics begin at 0.
    mutating func beginProcess() {
        starts += 1
        calls = 0
        startStopError = nil
    }
}

/// A change of an instance by its provider.
public enum InstanceChange: Sendable, Equatable {
    /// Its process starts, unless it runs.
    case start
    /// Its process ends: every call on the instance fails.
    case stop
    /// Its process ends, and another one starts.
    case restart
    /// GetStores lists no store until ``thaw``.
    case freeze
    /// It is frozen no longer.
    case thaw
    /// The instance is gone.
    case close
    /// It moves to another instance host, where a new process starts.
    case move(host: String)
    /// It has another display name.
    case rename(displayName: String)
    /// It has another alias; nil: none.
    case alias(String?)
    /// Service provider access is switched.
    case providerAccess(Bool)
    /// It restarts in safe mode, or in normal mode.
    case safeMode(Bool)
    /// The last start or stop has failed for this reason; nil: it has not. The next start clears it.
    case startStopError(String?)

    /// Parses a change by its name on the control pages; nil if the name is unknown or the value is invalid for it.
    init?(name: String, value: String?) {
        let flag = value.flatMap { Bool($0) }
        switch name {
        case "start": self = .start
        case "stop": self = .stop
        case "restart": self = .restart
        case "freeze": self = .freeze
        case "thaw": self = .thaw
        case "close": self = .close
        case "alias": self = .alias(value.flatMap { $0.isEmpty ? nil : $0 })
        case "startStopError": self = .startStopError(value.flatMap { $0.isEmpty ? nil : $0 })
        default:
            switch (name, value, flag) {
            case ("move", let host?, _): self = .move(host: host)
            case ("rename", let displayName?, _): self = .rename(displayName: displayName)
            case ("providerAccess", _, let isOn?): self = .providerAccess(isOn)
            case ("safeMode", _, let isOn?): self = .safeMode(isOn)
            default: return nil
            }
        }
    }
}
