internal import OperatingSystem

/// A job of the simulated server: a function of the API that runs on a schedule.
public struct SimulatedJob: Sendable, Equatable {
    /// The id; above 0 and unique among the jobs.
    public var id: Int
    /// The display name.
    public var name: String
    /// The command line, such as `VerifyStore --id=3`.
    public var action: String
    /// The name of the user that owns the job.
    public var owner: String
    /// Whether the job runs; a disabled job is only listed.
    public var enabled: Bool
    /// The Windows id of the time zone of the schedule; `$Local`: the server's own.
    public var timeZoneId: String
    /// When the job runs.
    public var schedule: Schedule
    /// The results of runs and their probabilities; the remainder to 1 is `succeeded`.
    public var outcomes: [SimulatedProfile.Outcome]
    /// The start of the current run by the server's clock, in seconds since 1970 (UTC); nil: the job is not running.
    public internal(set) var runningSince: Double?

    /// A schedule, in the forms of the arguments of CreateJob.
    public enum Schedule: Sendable, Equatable {
        /// Never.
        case manual
        /// Once, at `YYYY-MM-DDThh:mm:ss` in the job's time zone.
        case once(date: String)
        /// Every given number of minutes, counted from midnight UTC.
        case every(minutes: Int)
        /// Every day at a local time.
        case daily(hour: Int, minute: Int)
        /// On a day of every week, from 0 (Sunday) to 6 (Saturday).
        case weekly(weekday: Int, hour: Int, minute: Int)
        /// On a day of every month that has it, from 1 to 31; nil: on the last day.
        case monthly(day: Int?, hour: Int, minute: Int)
    }

    /// The function in the command line.
    public var command: String {
        String(action.prefix { $0 != " " })
    }

    /// Creates a job; ``World/add(_:)-(SimulatedJob)`` adds it to a server.
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

extension SimulatedJob.Schedule {
    /// The first scheduled time after an instant, both in seconds since 1970 (UTC); nil: never.
    func next(after instant: Int, in zone: WindowsTimeZone) -> Int? {
        switch self {
        case .manual:
            return nil
        case .once(let date):
            guard let civil = CivilDateTime(parsing: date) else { return nil }
            let due = zone.instant(of: civil)
            return due > instant ? due : nil
        case .every(let minutes):
            guard minutes > 0 else { return nil }
            return (instant.flooredQuotient(by: minutes * 60) + 1) * minutes * 60
        case .daily(let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { _ in true }
        case .weekly(let weekday, let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { $0.weekday == weekday }
        case .monthly(let day, let hour, let minute):
            return next(after: instant, in: zone, hour: hour, minute: minute) { civil in
                civil.day == day ?? CivilDateTime.days(in: civil.month, of: civil.year)
            }
        }
    }

    private func next(
        after instant: Int,
        in zone: WindowsTimeZone,
        hour: Int,
        minute: Int,
        on matches: (CivilDateTime) -> Bool
    ) -> Int? {
        let today = zone.civil(at: instant)
        let midnight = CivilDateTime(year: today.year, month: today.month, day: today.day).seconds
        // The next 31st is at most 62 days after any day.
        for days in 0...62 {
            let civil = CivilDateTime(seconds: midnight + days * 86_400 + hour * 3600 + minute * 60)
            let due = zone.instant(of: civil)
            if due > instant, matches(civil) { return due }
        }
        return nil
    }
}
