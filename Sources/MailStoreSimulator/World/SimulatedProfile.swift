/// An archiving or export profile of the simulated server.
public struct SimulatedProfile: Sendable, Equatable {
    /// Above 0; unique among the profiles.
    public var id: Int
    /// What people call it.
    public var name: String
    /// The user whom it belongs to.
    public var owner: String
    /// `archive` or `export` (invented words).
    public var type: String
    /// Where the mail comes from or goes to (invented words).
    public var connector: String
    /// Whether the server runs it by itself, over and over.
    public var automatic: Bool
    /// Seconds between the end of a run and the beginning of the next.
    public var pause: Int
    /// When no run begins: `hh:mm-hh:mm` on the server's own clock, also past midnight.
    ///
    /// Nil = none.
    public var maintenanceWindow: String?
    /// Messages an hour that arrive for it in the middle of a working day.
    public var messagesPerHour: Double
    /// How often a run ends how; what is missing to 1 is `succeeded`.
    public var outcomes: [Outcome]
    /// Messages that wait to be archived.
    public internal(set) var backlog = 0
    /// Since when the run that is under way has been running, in seconds since 1970 (UTC); nil = none.
    public internal(set) var runningSince: Double?

    /// A word for how a run ended and its probability.
    public struct Outcome: Sendable, Equatable {
        /// One of the words of section 4 of `mailstore-api.md`, or one that nobody has seen.
        public var result: String
        /// 0...1.
        public var probability: Double

        /// Says that a run ends so with that probability.
        public init(_ result: String, _ probability: Double) {
            self.result = result
            self.probability = probability
        }
    }

    /// Creates a profile; add it to a world to let it run.
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
