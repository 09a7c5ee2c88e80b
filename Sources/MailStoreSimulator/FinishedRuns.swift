/// A finished run of a profile: a row of GetWorkerResults.
public struct ProfileRun: FinishedRun, Sendable, Equatable {
    /// The id, which counts runs in the order in which they ended or were added.
    public internal(set) var id: Int
    /// The id of the profile, which may have been removed since.
    public var profileId: Int
    /// The name of the profile at the time of the run.
    public var profileName: String
    /// The machine on which the profile ran.
    public var machineName: String
    /// The owner of the profile.
    public var userName: String
    /// The start by the server's clock, in seconds since 1970 (UTC).
    public var startTime: Int
    /// The end by the server's clock, in seconds since 1970 (UTC).
    public var completeTime: Int
    /// The number of archived messages, at least 0.
    public var itemsArchived: Int
    /// The result, such as `succeeded`.
    public var result: String
    /// The times that the server does not know: replies have ``Quirks/unknownTimes`` in their place.
    public var unknownTimes: Set<RunTime> = []
}

/// A finished run of a job: a row of GetJobResults.
public struct JobRun: FinishedRun, Sendable, Equatable {
    /// The id, which counts runs in the order in which they ended or were added.
    public internal(set) var id: Int
    /// The id of the job, which may have been removed since.
    public var jobId: Int
    /// The function in the job's command line.
    public var action: String
    /// The start by the server's clock, in seconds since 1970 (UTC).
    public var startTime: Int
    /// The end by the server's clock, in seconds since 1970 (UTC).
    public var completeTime: Int
    /// The result, such as `succeeded`.
    public var result: String
    /// The times that the server does not know: replies have ``Quirks/unknownTimes`` in their place.
    public var unknownTimes: Set<RunTime> = []
}

/// One of the two times of a run.
public enum RunTime: Sendable {
    /// When the run started.
    case start
    /// When the run ended.
    case end
}
