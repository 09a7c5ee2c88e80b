/// A job of the simulated server: an API command that runs by a schedule.
public struct SimulatedJob: Sendable, Equatable {
    /// Above 0; unique among the jobs.
    public var id: Int
    /// What people call it.
    public var name: String
    /// The command line, such as `VerifyStore --id=3`.
    public var action: String
    /// The user whom it belongs to.
    public var owner: String
    /// A disabled job is listed but does not run.
    public var enabled: Bool
    /// The Windows id of the zone that the schedule is meant in; `$Local` is the server's own.
    public var timeZoneId: String
    /// When it runs.
    public var schedule: Schedule
    /// How often a run ends how; what is missing to 1 is `succeeded`.
    public var outcomes: [SimulatedProfile.Outcome]
    /// Since when the run that is under way has been running, in seconds since 1970 (UTC); nil = none.
    public internal(set) var runningSince: Double?

    /// When a job runs; the cases follow the arguments of the vendor's CreateJob.
    public enum Schedule: Sendable, Equatable {
        /// Never by itself.
        case manual
        /// Once, at `YYYY-MM-DDThh:mm:ss` of the job's time zone.
        case once(date: String)
        /// Every so many minutes, counted from midnight UTC.
        case every(minutes: Int)
        case daily(hour: Int, minute: Int)
        /// `weekday`: 0 = Sunday ... 6 = Saturday.
        case weekly(weekday: Int, hour: Int, minute: Int)
        /// `day`: 1...31, a day that the month lacks means no run in it; nil = the last day.
        case monthly(day: Int?, hour: Int, minute: Int)
    }

    /// The command's name without its arguments.
    public var command: String {
        String(action.prefix { $0 != " " })
    }

    /// Creates a job; add it to a world to let it run.
    public init(
        id: Int,
        name: String,
        action: String,
        owner: String = "admin",
        enabled: Bool = true,
        timeZoneId: String = "$Local",
        schedule: Schedule = .manual,
        outcomes: [SimulatedProfile.Outcome] = []
    ) {
        self.id = id
        self.name = name
        self.action = action
        self.owner = owner
        self.enabled = enabled
        self.timeZoneId = timeZoneId
        self.schedule = schedule
        self.outcomes = outcomes
    }
}
