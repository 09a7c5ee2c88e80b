import MailStoreSimulator

/// What an exporter has to say of a simulated world, worked out from the world alone by the words of `docs/metrics.md`.
struct ExpectedSamples {
    private(set) var samples: [Page.Series: Double] = [:]

    private let world: World
    private let target: String
    /// Runs that were completed before this instant are out of reach, in seconds since 1970.
    private let reach: Int

    private static let runResults = [
        "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
        "threadAbort",
    ]

    /// The families that are about the world, and not about the exporter's dealings with it.
    static func isAboutTheWorld(_ name: String) -> Bool {
        let prefixes = [
            "license_", "users", "active_sessions", "store", "job_", "profile_", "verification_", "server_",
        ]
        return prefixes.contains { name.hasPrefix("mailstore_" + $0) }
    }

    /// - Parameter lookback: how far back the exporter reads, in seconds before the world's present.
    init(_ world: World, target: String = "archive", lookback: Int) {
        self.world = world
        self.target = target
        reach = (Int(world.now) - lookback) / 60 * 60
        addServer()
        addStores()
        for job in world.jobs { addJob(job) }
        for profile in world.profiles { addProfile(profile) }
        addVerifications()
    }

    private mutating func add(_ name: String, _ labels: [String: String] = [:], _ value: Double?) {
        guard let value else { return }
        samples[Page.Series(name: "mailstore_" + name, labels: labels.merging(["target": target]) { $1 })] = value
    }

    private mutating func addStates(
        _ name: String, _ label: String, _ states: [String], _ current: String, _ labels: [String: String]
    ) {
        for state in states {
            add(name, labels.merging([label: state]) { $1 }, state == current ? 1 : 0)
        }
    }

    private mutating func addServer() {
        add(
            "server_info", ["edition": "server", "version": world.version, "server_name": world.machineName], 1)
        add("license_named_users", Double(world.users.count - 1))
        add("license_max_named_users", Double(world.maxNamedUsers))
        for (status, users) in Dictionary(grouping: world.users, by: \.mfaStatus) {
            // Words of the API are shown in lower camel case.
            add("users", ["mfa_status": status.prefix(1).lowercased() + status.dropFirst()], Double(users.count))
        }
        add("active_sessions", Double(world.sessions.count))
    }

    private mutating func add(_ name: String, _ value: Double) {
        add(name, [:], value)
    }

    private mutating func addStores() {
        add("stores", Double(world.stores.count))
        for store in world.stores {
            let labels = labels(of: store)
            add("store_messages", labels, Double(store.statisticsCount))
            add("store_size_bytes", labels, Double(store.statisticsSize))
            add("store_error", labels, store.error == nil ? 0 : 1)
            add("store_needs_upgrade", labels, store.needsUpgrade ? 1 : 0)
            add("store_search_indexes_need_rebuild", labels, store.searchIndexesNeedRebuild ? 1 : 0)
            addStates(
                "store_state", "state", ["current", "normal", "writeProtected", "disabled"], store.requestedState,
                labels)
        }
    }

    private func labels(of store: SimulatedStore) -> [String: String] {
        ["store_id": String(store.id), "store_name": store.name]
    }

    private mutating func addJob(_ job: SimulatedJob) {
        let labels = ["job_id": String(job.id), "job_name": job.name, "action": job.command]
        add("job_enabled", labels, job.enabled ? 1 : 0)
        add("job_expected_interval_seconds", labels, expectedInterval(of: job))
        let runs = world.jobRuns.filter { $0.jobId == job.id }.map(Run.init)
        addOutcomes("job", inReach(runs), Self.runResults, labels)
        add("job_consecutive_failures", labels, failures(inReach(runs)))
    }

    private mutating func addProfile(_ profile: SimulatedProfile) {
        let labels = ["profile_id": String(profile.id), "profile_name": profile.name]
        add("profile_automatic", labels, profile.automatic ? 1 : 0)
        add("profile_expected_interval_seconds", labels, profile.automatic ? 86_400 : nil)
        let runs = inReach(world.profileRuns.filter { $0.profileId == profile.id }.map(Run.init))
        addOutcomes("profile", runs, Self.runResults, labels)
        add("profile_consecutive_failures", labels, failures(runs))
        add("profile_items_archived_total", labels, Double(runs.reduce(0) { $0 + $1.items }))
        add("profile_last_items_archived", labels, runs.last.map { Double($0.items) })
        add(
            "profile_last_nonzero_run_timestamp_seconds", labels,
            runs.last { $0.items > 0 }.map { Double($0.completion) })
    }

    private mutating func addVerifications() {
        let jobs = world.jobs.filter { $0.command.hasPrefix("VerifyStore") }
        for store in world.stores {
            let ofStore = jobs.filter { $0.command == "VerifyStores" || $0.action.contains("--id=\(store.id) ") }
            let ids = Set(ofStore.map(\.id))
            let runs = inReach(world.jobRuns.filter { ids.contains($0.jobId) }.map(Run.init))
            let labels = labels(of: store)
            add("verification_expected_interval_seconds", labels, ofStore.compactMap(expectedInterval).min())
            addOutcomes(
                "verification", runs, ["succeeded", "failed", "cancelled", "lost"], labels, source: ["source": "job"])
            for result in ["succeeded", "failed", "cancelled", "lost"] {
                // The exporter ran none of its own.
                add("verification_runs_total", labels.merging(["source": "exporter", "result": result]) { $1 }, 0)
            }
        }
    }

    private mutating func addOutcomes(
        _ kind: String, _ runs: [Run], _ results: [String], _ labels: [String: String], source: [String: String] = [:]
    ) {
        for result in results {
            add(
                "\(kind)_runs_total", labels.merging(source) { $1 }.merging(["result": result]) { $1 },
                Double(runs.count { $0.result == result }))
        }
        guard let last = runs.last else { return }
        addStates("\(kind)_last_result", "result", results, last.result, labels)
        add("\(kind)_last_start_timestamp_seconds", labels, Double(last.start))
        add("\(kind)_last_completion_timestamp_seconds", labels, Double(last.completion))
        add("\(kind)_last_duration_seconds", labels, Double(last.completion - last.start))
        add(
            "\(kind)_last_success_timestamp_seconds", labels,
            runs.last { $0.isSuccess }.map { Double($0.completion) })
        add(
            "\(kind)_last_failure_timestamp_seconds", labels,
            runs.last { !$0.isSuccess }.map { Double($0.completion) })
    }

    private func inReach(_ runs: [Run]) -> [Run] {
        runs.filter { $0.completion >= reach }
            .sorted { ($0.completion, $0.start, $0.id) < ($1.completion, $1.start, $1.id) }
    }

    private func failures(_ runs: [Run]) -> Double {
        Double(runs.reversed().prefix { !$0.isSuccess }.count)
    }

    private func expectedInterval(of job: SimulatedJob) -> Double? {
        guard job.enabled else { return nil }
        return switch job.schedule {
        case .manual, .once: nil
        case .every(let minutes): Double(minutes * 60)
        case .daily: 86_400
        case .weekly: 7 * 86_400
        case .monthly: 31 * 86_400
        }
    }
}

/// What runs of jobs and profiles have in common.
private struct Run {
    var id: Int
    var start: Int
    var completion: Int
    var result: String
    var items = 0

    var isSuccess: Bool { result == "succeeded" || result == "completedWithWarnings" }

    init(_ run: JobRun) {
        id = run.id
        start = run.startTime
        completion = run.completeTime
        result = run.result
    }

    init(_ run: ProfileRun) {
        id = run.id
        start = run.startTime
        completion = run.completeTime
        result = run.result
        items = run.itemsArchived
    }
}
