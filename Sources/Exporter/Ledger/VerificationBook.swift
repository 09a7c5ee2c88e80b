import MailStoreAPI

/// The verifications of each store of one target, by whomever they were run.
struct VerificationBook: Sendable, Hashable, Codable {
    /// One store, as GetStores lists it.
    struct StoreRecord: Sendable, Hashable, Codable {
        var name: String?
        /// When it was first listed; `nil` for those that were there when the target was first looked at.
        var firstSeen: Timestamp?
        var isListed = false
        var history = OutcomeHistory()
    }

    private(set) var stores: [String: StoreRecord] = [:]
    private(set) var vocabulary = ResultVocabulary(known: ResultVocabulary.verifications)
    /// Whether the stores have ever been listed.
    private(set) var wasListed = false

    /// Takes over which stores there are.
    ///
    /// - Parameter now: the present by the server's clock, since it is compared with the starts of runs.
    mutating func list(_ listed: [Store], at now: Timestamp) {
        for id in stores.keys { stores[id]?.isListed = false }
        for store in listed {
            if stores[store.id] == nil { stores[store.id] = StoreRecord(firstSeen: wasListed ? now : nil) }
            stores[store.id]?.isListed = true
            if let name = store.name { stores[store.id]?.name = name }
        }
        stores = stores.filter { $0.value.isListed || $0.value.history.hasRecentRuns }
        wasListed = true
    }

    /// Counts the verifications among the jobs' runs, for each store that existed when they started.
    ///
    /// Folding is idempotent, so this looks at all remembered runs each time: a run that was read before the stores were
    /// known finds its stores later.
    ///
    /// - Returns: how many newly counted results are no known word.
    mutating func fold(_ jobs: OutcomeBook) -> Int {
        var unknownResults = 0
        for entry in jobs.entries.values {
            for run in entry.history.recentRuns {
                guard let scope = run.verifies else { continue }
                let ids = scope == "*" ? Array(stores.keys) : [scope]
                for id in ids where existed(id, when: run) {
                    unknownResults += count(run, of: id, horizon: jobs.plan.horizon)
                }
            }
        }
        return unknownResults
    }

    mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        for id in stores.keys { stores[id]?.history.settle(before: horizon, success: success) }
    }

    private func existed(_ id: String, when run: Run) -> Bool {
        guard let store = stores[id] else { return false }
        guard let firstSeen = store.firstSeen else { return true }
        return run.start.map { $0 >= firstSeen } ?? false
    }

    private mutating func count(_ run: Run, of id: String, horizon: Timestamp?) -> Int {
        var vocabulary = vocabulary
        let result = vocabulary.admit(run.result)
        var run = run
        run.id = "job/" + run.id
        run.result = result.word
        guard stores[id]?.history.fold(run, horizon: horizon) == true else { return 0 }
        self.vocabulary = vocabulary
        return result.isKnown ? 0 : 1
    }
}
