extension World {
    /// Starts a run, unless the profile is running.
    ///
    /// - Returns: When the run will end, in seconds since 1970 (UTC), and its result.
    @discardableResult
    mutating func beginProfile(_ id: Int, at instant: Int) -> (end: Int, result: String)? {
        guard let index = profiles.firstIndex(where: { $0.id == id }), profiles[index].runningSince == nil else {
            return nil
        }
        var result = outcome(of: profiles[index].outcomes)
        if currentStore == nil, profiles[index].type == "archive" { result = "failed" }
        let work = Double(profiles[index].backlog) / 20
        let seconds =
            switch result {
            case "failed", "threadAbort": random.whole(in: 2...40)
            case "disconnected": random.whole(in: 30...600)
            default: random.whole(in: 10...50) + Int(work)
            }
        profiles[index].runningSince = Double(instant + clockError)
        plan(.profileEnd(id: id, result: result), at: instant + seconds)
        return (instant + seconds, result)
    }

    mutating func endProfile(_ id: Int, with result: String, at instant: Int) {
        guard let index = profiles.firstIndex(where: { $0.id == id }), let since = profiles[index].runningSince else {
            return
        }
        let waiting = profiles[index].backlog
        var items =
            switch result {
            case "failed", "threadAbort": 0
            case "cancelled", "disconnected": waiting / 3
            case "completedWithErrors": max(0, waiting - 1)
            default: waiting
            }
        if profiles[index].type == "archive" {
            items = archive(items)
            profiles[index].backlog -= items
        }
        profiles[index].runningSince = nil
        // A profile looks at some messages again that it has archived before.
        activity.messagesChecked += items + 10
        add(
            runOf: id, startTime: Int(since), completeTime: instant + clockError, result: result,
            itemsArchived: items)
        planNextRun(ofProfile: id, after: instant)
    }

    /// Plans the next run: after the pause, and not in the maintenance window.
    ///
    /// A manual profile is started by a user within the next days.
    mutating func planNextRun(ofProfile id: Int, after instant: Int) {
        cancelEvents { $0 == .profileStart(id: id) }
        guard isAlive, operation.isRunning, let profile = profiles.first(where: { $0.id == id }), mayRun(profile) else {
            return
        }
        guard profile.automatic else {
            return plan(.profileStart(id: id), at: instant + random.whole(in: 86_400...(9 * 86_400)))
        }
        plan(.profileStart(id: id), at: profile.firstStart(from: instant + profile.pause, in: localZone))
    }

    /// A random result of a run.
    mutating func outcome(of outcomes: [SimulatedProfile.Outcome]) -> String {
        var rest = random.unit()
        for outcome in outcomes {
            if rest < outcome.probability { return outcome.result }
            rest -= outcome.probability
        }
        return "succeeded"
    }
}

extension SimulatedProfile {
    /// The first instant, from the given one on, that is outside the maintenance window.
    func firstStart(from instant: Int, in zone: WindowsTimeZone) -> Int {
        guard let window = maintenanceMinutes else { return instant }
        let civil = zone.civil(at: instant)
        let minute = civil.hour * 60 + civil.minute
        let intoWindow = (minute - window.begin + 1440) % 1440
        let length = (window.end - window.begin + 1440) % 1440
        guard intoWindow < length else { return instant }
        return instant - civil.second + (length - intoWindow) * 60
    }

    /// The maintenance window in minutes since midnight; nil: none, or a malformed one.
    private var maintenanceMinutes: (begin: Int, end: Int)? {
        let numbers = (maintenanceWindow ?? "").split { $0 == "-" || $0 == ":" }.compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        return (numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3])
    }
}
