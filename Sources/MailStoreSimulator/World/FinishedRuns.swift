/// A finished run of a profile: one row of GetWorkerResults.
public struct ProfileRun: Sendable, Equatable {
    /// Grows by one from run to run, in the order in which they ended or were added.
    public internal(set) var id: Int
    /// The profile that ran; it may be gone by now.
    public var profileId: Int
    /// The profile's name when it ran.
    public var profileName: String
    /// The machine that it ran on.
    public var machineName: String
    /// The profile's owner.
    public var userName: String
    /// Seconds since 1970 (UTC).
    public var startTime: Int
    /// Seconds since 1970 (UTC).
    public var completeTime: Int
    /// Messages archived, at least 0.
    public var itemsArchived: Int
    /// How it ended, such as `succeeded`.
    public var result: String
}

/// A finished run of a job: one row of GetJobResults.
public struct JobRun: Sendable, Equatable {
    /// Grows by one from run to run, in the order in which they ended or were added.
    public internal(set) var id: Int
    /// The job that ran; it may be gone by now.
    public var jobId: Int
    /// The command's name without arguments.
    public var action: String
    /// Seconds since 1970 (UTC).
    public var startTime: Int
    /// Seconds since 1970 (UTC).
    public var completeTime: Int
    /// How it ended, such as `succeeded`.
    public var result: String
}
