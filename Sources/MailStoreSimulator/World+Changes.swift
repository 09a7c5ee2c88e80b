extension World {
    /// Adds a profile and plans its next run; a profile with the same id is replaced.
    public mutating func add(_ profile: SimulatedProfile) {
        remove(profile: profile.id)
        var profile = profile
        profile.runningSince = nil
        profiles.append(profile)
        profiles.sort { $0.id < $1.id }
        planNextRun(ofProfile: profile.id, after: Int(now))
    }

    /// Removes a profile; its finished runs are kept.
    public mutating func remove(profile id: Int) {
        profiles.removeAll { $0.id == id }
        cancelEvents { kind in
            switch kind {
            case .profileStart(id), .profileEnd(id, _): true
            default: false
            }
        }
    }

    /// Adds a job and plans its next run; a job with the same id is replaced.
    public mutating func add(_ job: SimulatedJob) {
        remove(job: job.id)
        var job = job
        job.runningSince = nil
        jobs.append(job)
        jobs.sort { $0.id < $1.id }
        planNextRun(ofJob: job.id, after: Int(now))
    }

    /// Removes a job; its finished runs are kept.
    public mutating func remove(job id: Int) {
        jobs.removeAll { $0.id == id }
        cancelEvents { kind in
            switch kind {
            case .jobStart(id), .jobEnd(id, _): true
            default: false
            }
        }
    }

    /// Adds a store; a store with the same id is replaced.
    public mutating func add(_ store: SimulatedStore) {
        stores.removeAll { $0.id == store.id }
        stores.append(store)
        stores.sort { $0.id < $1.id }
    }

    /// Removes a store with its content.
    public mutating func remove(store id: Int) {
        stores.removeAll { $0.id == id }
    }

    /// Renames a store.
    ///
    /// - Returns: False if there is no such store.
    @discardableResult
    public mutating func rename(store id: Int, to name: String) -> Bool {
        guard let index = stores.firstIndex(where: { $0.id == id }) else { return false }
        stores[index].name = name
        return true
    }

    /// Renames a profile, if there is one with this id; its finished runs keep the old name.
    public mutating func rename(profile id: Int, to name: String) {
        guard let index = profiles.firstIndex(where: { $0.id == id }) else { return }
        profiles[index].name = name
    }

    /// Renames a job, if there is one with this id.
    public mutating func rename(job id: Int, to name: String) {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return }
        jobs[index].name = name
    }

    /// Changes a user in place, if there is one with this name.
    public mutating func change(user name: String, _ body: (inout SimulatedUser) -> Void) {
        guard let index = users.firstIndex(where: { $0.userName == name }) else { return }
        body(&users[index])
    }

    /// Adds a finished run of a profile, at any time.
    ///
    /// - Parameters:
    ///   - profileId: The id of the profile, which need not exist.
    ///   - startTime: The start by the server's clock, in seconds since 1970 (UTC), from the year 1 to 9999.
    ///   - completeTime: The end by the server's clock, in seconds since 1970 (UTC), from the year 1 to 9999.
    ///   - result: The result, such as `succeeded`.
    ///   - itemsArchived: The number of archived messages.
    ///   - unknownTimes: The times that the server does not know.
    /// - Returns: The id of the run.
    @discardableResult
    public mutating func add(
        runOf profileId: Int,
        startTime: Int,
        completeTime: Int,
        result: String,
        itemsArchived: Int = 0,
        unknownTimes: Set<RunTime> = []
    ) -> Int {
        let profile = profiles.first { $0.id == profileId }
        let run = ProfileRun(
            id: nextProfileRunId, profileId: profileId, profileName: profile?.name ?? "Profile \(profileId)",
            machineName: machineName, userName: profile?.owner ?? username, startTime: startTime,
            completeTime: completeTime, itemsArchived: itemsArchived, result: result, unknownTimes: unknownTimes)
        profileRuns.append(run)
        nextProfileRunId += 1
        return run.id
    }

    /// Adds a finished run of a job, at any time.
    ///
    /// - Parameters:
    ///   - jobId: The id of the job, which need not exist.
    ///   - startTime: The start by the server's clock, in seconds since 1970 (UTC), from the year 1 to 9999.
    ///   - completeTime: The end by the server's clock, in seconds since 1970 (UTC), from the year 1 to 9999.
    ///   - result: The result, such as `succeeded`.
    ///   - action: The function that ran; nil: that of the job.
    ///   - unknownTimes: The times that the server does not know.
    /// - Returns: The id of the run.
    @discardableResult
    public mutating func add(
        runOfJob jobId: Int,
        startTime: Int,
        completeTime: Int,
        result: String,
        action: String? = nil,
        unknownTimes: Set<RunTime> = []
    ) -> Int {
        let command = action ?? jobs.first { $0.id == jobId }?.command ?? "Unknown"
        let run = JobRun(
            id: nextJobRunId, jobId: jobId, action: command, startTime: startTime, completeTime: completeTime,
            result: result, unknownTimes: unknownTimes)
        jobRuns.append(run)
        nextJobRunId += 1
        return run.id
    }
}
