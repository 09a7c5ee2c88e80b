/// Everything that a simulated MailStore server holds at one simulated instant.
///
/// A pure value: from the same settings, advanced to the same instant in any steps, it is always the same. Nothing in
/// it sleeps, reads a clock or knows of a network.
public struct World: Sendable, Equatable {
    /// What a world begins with.
    public struct Settings: Sendable, Equatable {
        /// Decides all that happens by chance.
        public var seed: UInt64
        /// When the world begins, in whole seconds since 1970 (UTC).
        public var begin: Int
        /// What GetServerInfo tells.
        public var version: String
        /// What GetServerInfo and the rows of profile runs tell.
        public var machineName: String
        /// The Windows id of the server's own time zone, that which `$Local` means.
        public var localTimeZone: String
        /// The name of the built-in administrator.
        public var username: String
        /// That administrator's password.
        public var password: String
        /// False leaves the world as it began: nothing arrives, runs or changes by itself.
        public var isAlive: Bool
    }

    /// What the world began with.
    public let settings: Settings
    /// What GetServerInfo tells.
    public var version: String
    /// What GetServerInfo and the rows of profile runs tell.
    public var machineName: String
    /// Users that the licence allows.
    public var maxNamedUsers: Int
    /// The archive stores, by id.
    public var stores: [SimulatedStore] = []
    /// The users; the first is the built-in administrator.
    public var users: [SimulatedUser] = []
    /// Who is logged on.
    public var sessions: [SimulatedSession] = []
    /// The profiles, by id; `add` and `remove` change them, since runs must be planned.
    public internal(set) var profiles: [SimulatedProfile] = []
    /// The jobs, by id; `add` and `remove` change them, since runs must be planned.
    public internal(set) var jobs: [SimulatedJob] = []
    /// Finished runs of profiles, by id.
    public internal(set) var profileRuns: [ProfileRun] = []
    /// Finished runs of jobs, by id.
    public internal(set) var jobRuns: [JobRun] = []
    /// The instant that the world has reached, in seconds since 1970 (UTC).
    public internal(set) var now: Double

    let localZone: WindowsTimeZone
    var random: SimulatedRandom
    var events: [WorldEvent] = []
    var nextEventOrder = 0
    var nextProfileRunId = 1
    var nextJobRunId = 1
    var nextSessionId = 1

    /// The store that new messages go to; nil = archiving stops.
    public var currentStore: SimulatedStore? {
        stores.first { $0.requestedState == "current" && $0.error == nil }
    }

    /// Creates a world that nobody and nothing lives in yet.
    init(empty settings: Settings) {
        self.settings = settings
        version = settings.version
        machineName = settings.machineName
        maxNamedUsers = 25
        now = Double(settings.begin)
        localZone = WindowsTimeZone.named(settings.localTimeZone) ?? .utc
        random = SimulatedRandom(seed: settings.seed)
    }

    /// The time zone of that id, `$Local` included.
    func zone(_ id: String) -> WindowsTimeZone? {
        id == "$Local" ? localZone : WindowsTimeZone.named(id)
    }
}
