import MailStoreSimulator

/// Outcomes as a page counts them and as the server's own lists have them, in the same terms.
enum OutcomeCounts {
    /// All totals of a page, by kind, id and result; those at 0 are left out.
    ///
    /// - Parameters:
    ///   - target: `nil` if the page has one target only.
    ///   - instance: The instance of a Service Provider Edition; `nil` for a server.
    static func on(_ page: Page, target: String? = nil, instance: String? = nil) -> [String: Int] {
        var totals: [String: Int] = [:]
        for (series, value) in page.samples where value > 0 {
            if let target, series.labels["target"] != target { continue }
            guard series.labels["instance_id"] == instance else { continue }
            for kind in ["job", "profile"] where series.name == "mailstore_\(kind)_runs_total" {
                totals["\(kind) \(series.labels["\(kind)_id"] ?? "") \(series.labels["result"] ?? "")"] = Int(value)
            }
        }
        return totals
    }

    /// The same by the server's own lists.
    static func of(_ world: World) -> [String: Int] {
        of(world.jobRuns).merging(of(world.profileRuns)) { $0 + $1 }
    }

    static func of(_ runs: some Sequence<JobRun>) -> [String: Int] {
        runs.reduce(into: [:]) { $0["job \($1.jobId) \($1.result)", default: 0] += 1 }
    }

    static func of(_ runs: some Sequence<ProfileRun>) -> [String: Int] {
        runs.reduce(into: [:]) { $0["profile \($1.profileId) \($1.result)", default: 0] += 1 }
    }

    static func items(on page: Page) -> Double {
        page.values("mailstore_profile_items_archived_total").reduce(0, +)
    }

    static func items(of world: World) -> Double {
        Double(world.profileRuns.reduce(0) { $0 + $1.itemsArchived })
    }
}

extension Page {
    /// The result of the last run with these labels; `nil` if there is none.
    func lastResult(_ kind: String, _ labels: KeyValuePairs<String, String>) -> String? {
        let current = samples.filter { sample in
            sample.key.name == "mailstore_\(kind)_last_result" && sample.value == 1
                && labels.allSatisfy { sample.key.labels[$0.key] == $0.value }
        }
        return current.count == 1 ? current.first?.key.labels["result"] : nil
    }

    /// How many ids of this function were used again.
    func reusedIDs(_ function: String) -> Double? {
        value("mailstore_outcome_ids_reused_total", ["function": function])
    }

    /// The instants of runs that lie more than a day after a moment, in seconds since 1970.
    func instants(after now: Double) -> [Series] {
        samples.filter { sample in
            let kinds = ["job", "profile", "verification"]
            return kinds.contains { sample.key.name.hasPrefix("mailstore_\($0)_last_") }
                && sample.key.name.hasSuffix("_timestamp_seconds") && sample.value > now + 86_400
        }.map(\.key)
    }
}

extension Scene {
    /// Waits until the exporter has called a function some more times, and returns the page after that.
    func page(afterCalls count: Int = 3, of function: String) async throws -> Page {
        let calls = { simulator.requestLog().count { $0.function == function && $0.status == 200 } }
        let end = calls() + count
        try await eventually("\(function) is called \(count) times more") { calls() >= end }
        return try await exporter.page()
    }
}
