/// An archiving or export profile of the simulated server.
public struct SimulatedProfile: Sendable, Equatable {
    /// The id; above 0 and unique among the profiles.
    public var id: Int
    /// The display name.
    public var name: String
    /// The name of the user that owns the profile.
    public var owner: String
    /// `archive` or `export`; real words are unknown.
    public var type: String
    /// The kind of mail source or destination; real words are unknown.
    public var connector: String
    /// Whether the server runs the profile in a loop.
    public var automatic: Bool
    /// Seconds between the end of a run and the start of the next one.
    public var pause: Int
    /// The local time range in which no run starts, as `hh:mm-hh:mm`; can span midnight; nil: none.
    public var maintenanceWindow: String?
    /// Messages that arrive per hour on a working day.
    public var messagesPerHour: Double
    /// The results of runs and their probabilities; the remainder to 1 is `succeeded`.
    public var outcomes: [Outcome]
    /// Messages that have not been archived yet.
    public internal(set) var backlog = 0
    /// The start of the current run by the server's clock, in seconds since 1970 (UTC); nil: the profile is not running.
    public internal(set) var runningSince: Double?

    /// A result of a run and its probability.
    public struct Outcome: Sendable, Equatable {
        /// A known result (`docs/api.md`, "Outcomes") or any other word.
        public var result: String
        /// The probability, from 0 to 1.
        public var probability: Double

        /// Creates a result with its probability.
        public init(_ result: String, _ probability: Double) {
            self.result = result
            self.probability = probability
        }
    }

    /// Creates a profile; ``World/add(_:)-(SimulatedProfile)`` adds it to a server.
    public init(
        id: Int,
        name: String,
        owner: String = "admin",
        type: String = "archive",
        connector: String = "IMAP",
        automatic: Bool = true,
        pause: Int = 3600,
        maintenanceWindow: String? = nil,
        messagesPerHour: Double = 20,
        outcomes: [Outcome] = []
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.type = type
        self.connector = connector
        self.automatic = automatic
        self.pause = pause
        self.maintenanceWindow = maintenanceWindow
        self.messagesPerHour = messagesPerHour
        self.outcomes = outcomes
    }
}
