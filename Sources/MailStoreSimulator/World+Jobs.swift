extension World {
    mutating func beginJob(_ id: Int, at instant: Int) {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return }
        planNextRun(ofJob: id, after: instant)
        guard jobs[index].enabled, jobs[index].runningSince == nil else { return }
        var result = outcome(of: jobs[index].outcomes)
        if beginVerification(ofJob: jobs[index]) || operation.isFrozen { result = "failed" }
        let full = duration(of: jobs[index])
        let seconds = result == "succeeded" ? full : max(1, full * random.whole(in: 2...90) / 100)
        jobs[index].runningSince = Double(instant + clockError)
        plan(.jobEnd(id: id, result: result), at: instant + seconds)
    }

    mutating func endJob(_ id: Int, with result: String, at instant: Int) {
        guard let index = jobs.firstIndex(where: { $0.id == id }), let since = jobs[index].runningSince else { return }
        jobs[index].runningSince = nil
        if result == "succeeded" { applyEffect(of: jobs[index].command, store: jobs[index].storeId) }
        add(runOfJob: id, startTime: Int(since), completeTime: instant + clockError, result: result)
    }

    /// Plans the next run of a job, if its schedule has one.
    mutating func planNextRun(ofJob id: Int, after instant: Int) {
        cancelEvents { $0 == .jobStart(id: id) }
        guard isAlive, operation.isRunning, let job = jobs.first(where: { $0.id == id }),
            let zone = zone(job.timeZoneId), let due = job.schedule.next(after: instant, in: zone)
        else { return }
        plan(.jobStart(id: id), at: due)
    }

    /// Applies the effect of a successful function to a store; `store` nil: to all stores.
    mutating func applyEffect(of command: String, store id: Int?) {
        guard !operation.isFrozen else { return }
        for index in stores.indices where id == nil || stores[index].id == id {
            switch command {
            case "RefreshAllStoreStatistics":
                stores[index].refreshStatistics()
            case "ProcessRetentionPolicies":
                guard stores[index].requestedState == "normal", stores[index].messages > 0 else { continue }
                let deleted = min(stores[index].messages, random.whole(in: 0...40))
                stores[index].bytes -= stores[index].bytes / stores[index].messages * deleted
                stores[index].messages -= deleted
            case "CompactStore":
                stores[index].bytes -= stores[index].bytes / 500
            case "RebuildSelectedStoreIndexes", "RebuildStoreIndex":
                stores[index].searchIndexesNeedRebuild = false
            case "UpgradeStores":
                stores[index].needsUpgrade = false
            case "RecoverStore", "RepairStoreDatabase":
                stores[index].error = nil
            default:
                return
            }
        }
    }

    /// Counts a verification of a store.
    ///
    /// - Returns: The number of damaged messages that it will find.
    mutating func beginVerification(ofStore id: Int) -> Int {
        guard let index = stores.firstIndex(where: { $0.id == id }) else { return 0 }
        stores[index].verifications += 1
        if let nth = stores[index].failsEveryNthVerification, nth > 0, stores[index].verifications % nth == 0 {
            return max(1, stores[index].damagedMessages)
        }
        return stores[index].damagedMessages
    }

    /// Counts the job if it is a verification; returns whether it will find damage.
    private mutating func beginVerification(ofJob job: SimulatedJob) -> Bool {
        guard job.command == "VerifyStores" || job.command == "VerifyStore" else { return false }
        var isDamaged = false
        for id in openStores.map(\.id) where job.command == "VerifyStores" || job.storeId == id {
            if beginVerification(ofStore: id) > 0 { isDamaged = true }
        }
        return isDamaged
    }

    private mutating func duration(of job: SimulatedJob) -> Int {
        let all = stores.reduce(0) { $0 + $1.messages }
        let one = stores.first { $0.id == job.storeId }?.messages ?? all
        return switch job.command {
        case "VerifyStores": 60 + all / 400
        case "VerifyStore": 20 + one / 400
        case "CreateBackup": 600 + all / 150 + random.whole(in: 0...900)
        case "CompactStore", "CompactMasterDatabase": 120 + one / 900 + random.whole(in: 0...120)
        case "RefreshAllStoreStatistics": random.whole(in: 5...60)
        default: random.whole(in: 3...240)
        }
    }
}

extension SimulatedJob {
    /// The store that the command line selects with `--id=`.
    var storeId: Int? {
        action.split(separator: " ").lazy.compactMap { word in
            word.hasPrefix("--id=") ? Int(word.dropFirst(5)) : nil
        }.first
    }
}
