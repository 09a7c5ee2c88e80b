// A database that is restored or set up anew: ids come again.
extension World {
    /// Restores the database from a backup: whatever came after it is lost, and the next runs get the ids of lost ones.
    ///
    /// - Parameter backup: An earlier state of this server.
    public mutating func restore(_ backup: World) {
        removeContent()
        stores = backup.stores
        users = backup.users
        maxNamedUsers = backup.maxNamedUsers
        profileRuns = backup.profileRuns
        jobRuns = backup.jobRuns
        nextProfileRunId = backup.nextProfileRunId
        nextJobRunId = backup.nextJobRunId
        for profile in backup.profiles { add(profile) }
        for job in backup.jobs { add(job) }
    }

    /// Sets the server up anew, on another disk: ids begin at 1 again and belong to other stores, profiles and jobs.
    ///
    /// The new ones are those of the first server in reverse order, without mail and runs. The users stay.
    public mutating func setUpAnew() {
        removeContent()
        profileRuns = []
        jobRuns = []
        nextProfileRunId = 1
        nextJobRunId = 1
        for (index, first) in content.stores.reversed().enumerated() {
            var store = SimulatedStore(
                id: index + 1, name: first.name, requestedState: first.requestedState,
                folder: #"E:\Archiv\\#(index + 1)"#)
            store.failsEveryNthVerification = first.failsEveryNthVerification
            add(store)
        }
        for (index, first) in content.profiles.reversed().enumerated() {
            var profile = first
            profile.id = index + 1
            add(profile)
        }
        for (index, first) in content.jobs.reversed().enumerated() {
            var job = first
            job.id = index + 1
            add(job)
        }
    }

    /// Removes what refers to things by their ids; the planned events of profiles and jobs too.
    private mutating func removeContent() {
        for profile in profiles { remove(profile: profile.id) }
        for job in jobs { remove(job: job.id) }
        stores = []
        sessions = []
    }
}
