/// How an instance of the Service Provider Edition is operated (`docs/api.md`, "Service Provider Edition").
public struct InstanceOperation: Sendable, Equatable {
    /// Whether its process runs.
    ///
    /// Without a process no profile and no job runs, and every call on the instance fails.
    public var isRunning = true
    /// Whether it is frozen: its stores cannot be used, GetStores lists none, and jobs and archiving fail.
    public var isFrozen = false
    /// Whether it is in safe mode, in which no archiving profile runs.
    public var isInSafeMode = false

    /// Creates the normal way: running, neither frozen nor in safe mode.
    public init() {}
}

/// What a process has done since its start.
struct ProcessActivity: Sendable, Equatable {
    /// The start, in seconds since 1970 (UTC).
    var since: Double
    var messagesArchived = 0
    var bytesArchived = 0
    /// Messages that profiles looked at, archived or not.
    var messagesChecked = 0
}

extension World {
    /// Changes the way in which the server is operated, at an instant that this state may not have reached yet.
    ///
    /// A state that is advanced only when somebody asks for it therefore equals one that is advanced all the time.
    ///
    /// - Parameters:
    ///   - operation: The new way.
    ///   - restarts: Whether a running process ends and another one starts.
    ///   - instant: Seconds since 1970 (UTC), not before a change that was planned earlier.
    mutating func change(to operation: InstanceOperation, restarts: Bool, at instant: Double) {
        if now < instant {
            plan(.operation(operation, restarts: restarts), at: Int(instant))
        } else {
            operate(operation, restarts: restarts, at: Int(instant))
        }
    }

    /// Carries out a change whose time has come.
    mutating func operate(_ next: InstanceOperation, restarts: Bool, at instant: Int) {
        let wasRunning = operation.isRunning
        if wasRunning, restarts || !next.isRunning { endProcess() }
        operation = next
        if next.isRunning, restarts || !wasRunning { beginProcess(at: instant) }
    }

    /// Whether the profile may run at all.
    func mayRun(_ profile: SimulatedProfile) -> Bool {
        !(operation.isInSafeMode && profile.type == "archive")
    }

    /// Ends the process; runs that have not ended leave no result, which is a guess.
    private mutating func endProcess() {
        cancelEvents { kind in
            switch kind {
            case .profileStart, .profileEnd, .jobStart, .jobEnd: true
            case .tick, .statistics, .operation: false
            }
        }
        for index in profiles.indices { profiles[index].runningSince = nil }
        for index in jobs.indices { jobs[index].runningSince = nil }
        sessions = []
    }

    private mutating func beginProcess(at instant: Int) {
        activity = ProcessActivity(since: Double(instant))
        for profile in profiles { planNextRun(ofProfile: profile.id, after: instant) }
        for job in jobs { planNextRun(ofJob: job.id, after: instant) }
    }
}
