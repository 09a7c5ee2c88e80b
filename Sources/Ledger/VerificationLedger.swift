package import MailStoreAPI
package import OperatingSystem

/// The verifications of each store of one target, run by jobs or by the exporter.
package struct VerificationLedger: Sendable, Hashable, Codable {
    /// One store, as GetStores lists it.
    package struct StoreRecord: Sendable, Hashable, Codable {
        package var name: String?
        /// A checksum of the path of its database; `nil` if the server does not say.
        var place: String?
        /// When it was first listed; `nil` for those of the target's first list.
        package var firstSeen: Timestamp?
        /// When the server stopped listing it; `nil` while it is listed.
        var goneSince: Timestamp?
        /// When a list first contained others but not it.
        var missingSince: Timestamp?
        package var history = OutcomeHistory()
        /// The total of finished verifications, by who ran them (`job`, `exporter`) and by result.
        package fileprivate(set) var totals: [String: [String: Int]] = [:]
        /// The findings in the log of the exporter's own last verification.
        package fileprivate(set) var lastLog: VerificationLog?
        /// Whether new mail is archived here, according to the last list.
        package fileprivate(set) var isCurrent = false

        /// Whether the server's last list contained it.
        package var isListed: Bool { goneSince == nil }
    }

    /// How long a store that is no longer listed is kept.
    ///
    /// If a server lists no store for a moment, as a frozen instance does (`docs/api.md`, "Service Provider Edition"),
    /// the stores' last verifications must not be lost.
    static let memory = Duration.seconds(30 * 86_400)

    package private(set) var stores: [String: StoreRecord] = [:]
    package private(set) var vocabulary = ResultVocabulary(known: ResultVocabulary.verifications)
    /// Whether the stores have ever been listed.
    private(set) var wasListed = false

    package init() {}

    /// Whether the stores have been listed, and not only for a moment: after that, a list that is empty may be that of a
    /// server which is not ready.
    var areStoresKnown: Bool {
        wasListed && stores.values.allSatisfy { $0.isListed || $0.missingSince != nil }
    }

    /// A ledger as it was saved.
    ///
    /// - Parameter words: The result words that the server has invented.
    init(stores: [String: StoreRecord], words: [String], wasListed: Bool) {
        self.stores = stores
        vocabulary = ResultVocabulary(known: ResultVocabulary.verifications, invented: words)
        self.wasListed = wasListed
    }

    /// How many stores the server lists.
    package var listedCount: Int { stores.values.indices.count { stores.values[$0].isListed } }

    /// The stores that the server lists, in a stable order.
    package var listed: [(id: String, store: StoreRecord)] {
        stores.filter(\.value.isListed).sorted { $0.key.isOrderedBefore($1.key) }.map { ($0.key, $0.value) }
    }

    /// Records the listed stores.
    ///
    /// A rename alone keeps the history. Another store begins with an empty one: a name *and* a database that differ, a
    /// name that differs after an absence, or an absence of ``OutcomeLedger/absence``.
    ///
    /// - Parameter now: The current time on the server's clock, because it is compared with the starts of runs.
    /// - Returns: Those that begin with an empty history because their id belonged to another one before.
    @discardableResult
    package mutating func list(_ listed: [Store], at now: Timestamp) -> [OutcomeLedger.Renewal] {
        var renewals: [OutcomeLedger.Renewal] = []
        var ids: Set<String> = []
        // Of stores with the same id, the first one counts, as on the page.
        for store in listed where ids.insert(store.id).inserted {
            var record = stores[store.id] ?? StoreRecord(firstSeen: wasListed ? now : nil)
            let place = store.databasePath.map(Self.fingerprint)
            if Self.isAnother(store, place, than: record, at: now) {
                renewals.append(OutcomeLedger.Renewal(id: store.id, formerName: record.name, name: store.name))
                record = StoreRecord(firstSeen: now)
            }
            record.goneSince = nil
            record.missingSince = nil
            record.isCurrent = store.requestedState?.lowercased() == "current"
            record.name = store.name ?? record.name
            record.place = place ?? record.place
            replace(store.id, with: record)
        }
        for (id, store) in stores where !ids.contains(id) {
            var gone = store
            gone.goneSince = store.goneSince ?? now
            // An empty list may be that of a server which is not ready.
            if !ids.isEmpty { gone.missingSince = store.missingSince ?? now }
            replace(id, with: gone)
        }
        for (id, store) in stores where !store.history.hasRecentRuns {
            if let since = store.goneSince, now.since(since) >= Self.memory { stores[id] = nil }
        }
        wasListed = true
        return renewals
    }

    /// Changes a store, unless it is the same: what has not changed is neither copied nor compared with what is saved.
    private mutating func replace(_ id: String, with record: StoreRecord) {
        if stores[id] != record { stores[id] = record }
    }

    /// Forgets stores that are not listed, if there are too many: first those that have been missing longest.
    ///
    /// The counters of a forgotten store are lost. If the server lists it again, it is a new store, for which no run of
    /// before counts. Stores that are missing only from empty lists are kept.
    ///
    /// - Returns: How many stores were forgotten.
    package mutating func forgetUnlisted(
        beyond limit: Int = OutcomeLedger.Limits.standard.unlistedEntries
    ) -> Int {
        let unlisted = stores.filter { !$0.value.isListed }
        guard unlisted.count > limit else { return 0 }
        let forgotten = unlisted.compactMap { id, store in store.missingSince.map { (since: $0, id: id) } }
            .sorted { $0.since != $1.since ? $0.since < $1.since : $1.id.isOrderedBefore($0.id) }
            .prefix(unlisted.count - limit)
        for (_, id) in forgotten { stores[id] = nil }
        return forgotten.count
    }

    private static func isAnother(
        _ store: Store, _ place: String?, than record: StoreRecord, at now: Timestamp
    ) -> Bool {
        if let missingSince = record.missingSince, now.since(missingSince) >= OutcomeLedger.absence { return true }
        guard let name = store.name, let formerName = record.name, name != formerName else { return false }
        let hasMoved = place != nil && record.place != nil && place != record.place
        return hasMoved || !record.isListed
    }

    private static func fingerprint(_ path: String) -> String {
        var fingerprint = Fingerprint()
        // Windows does not distinguish the case of paths.
        fingerprint.add(path.lowercased())
        return fingerprint.text
    }

    /// Counts the verifications among the jobs' runs, for each store that existed when they started.
    ///
    /// Folding is idempotent, so this processes all kept runs each time: a run that was read before the stores were
    /// known is counted for its stores later.
    ///
    /// - Parameter limits: Beyond them, the oldest verifications count, those by listed jobs first.
    package mutating func fold(_ jobs: OutcomeLedger, limits: OutcomeLedger.Limits = .standard) -> Folded {
        var folded = Folded()
        var runs = jobs.entries.flatMap { job, entry in
            entry.history.recentRuns.compactMap {
                $0.verifies == nil ? nil : (job: job, isListed: entry.isListed, run: $0)
            }
        }
        let everything = runs.reduce(0) { $0 + ($1.run.verifies == "*" ? stores.count : 1) }
        if everything > limits.verifications {
            // Always in the same order, so that the same ones are left out each time.
            runs.sort { left, right in
                left.isListed != right.isListed ? left.isListed : Run.isBefore(left.run, right.run)
            }
        }
        var space = limits.verifications
        for (job, _, run) in runs {
            let ids = run.verifies == "*" ? Array(stores.keys) : [run.verifies ?? ""]
            guard ids.count <= space else {
                folded.leftOut += ids.count
                continue
            }
            space -= ids.count
            var run = run
            // Runs of two jobs may have the same id.
            run.id = "job/\(job)/\(run.id)"
            folded.unknownResults += count(
                run, source: "job", of: ids.filter { existed($0, when: run) }, horizon: jobs.plan.horizon)
        }
        return folded
    }

    /// What folding the runs of jobs has changed.
    package struct Folded: Sendable, Equatable {
        /// Newly counted results that are not a known word.
        package var unknownResults = 0
        /// Verifications of stores that are not counted because of the limits.
        package var leftOut = 0
    }

    /// Ceases to believe times after those of the present.
    mutating func disbelieve(after present: PresentTime) {
        for (id, store) in stores where store.history.hasTimes(after: present.latestBelieved) {
            _ = stores[id]?.history.disbelieve(after: present.latestBelieved)
        }
    }

    /// Whether no number in it is impossible, as only a damaged file contains it.
    var isPlausible: Bool {
        stores.values.allSatisfy { store in
            store.history.isPlausible
                && store.totals.values.allSatisfy { $0.values.allSatisfy(OutcomeHistory.plausibleCounts.contains) }
        }
    }

    mutating func learnWords() {
        vocabulary.learn(ResultVocabulary.verifications)
    }

    mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        for (id, store) in stores where store.history.hasRuns(before: horizon) {
            stores[id]?.history.settle(before: horizon, success: success)
        }
    }

    private func existed(_ id: String, when run: Run) -> Bool {
        guard let store = stores[id] else { return false }
        guard let start = run.start else { return store.firstSeen == nil && store.isListed }
        return store.firstSeen.map { $0 <= start } ?? true && store.goneSince.map { start < $0 } ?? true
    }

    /// Counts a run for stores, unless it was counted before.
    ///
    /// - Returns: For how many stores it was new, if its result is not a known word; otherwise 0.
    private mutating func count(_ run: Run, source: String, of ids: [String], horizon: Timestamp?) -> Int {
        var vocabulary = vocabulary
        let result = vocabulary.admit(run.result)
        var run = run
        run.result = result.word
        var counted = 0
        for id in ids {
            switch stores[id]?.history.fold(run, horizon: horizon) {
            case nil, .known, .completed: continue
            case .new, .changed: break
            }
            stores[id]?.totals[source, default: [:]][result.word, default: 0] += 1
            counted += 1
        }
        if counted > 0 { self.vocabulary = vocabulary }
        // A verification by a job can have any result that other runs have.
        return result.isKnown || ResultVocabulary.runs.contains(result.word) ? 0 : counted
    }

    /// Counts a verification that the exporter itself ran.
    ///
    /// - Parameters:
    ///   - result: The result word as received.
    ///   - completion: The time on the server's clock.
    /// - Returns: For how many stores the result is newly counted and not a known word.
    package mutating func record(_ own: VerificationRun, result: String, completion: Timestamp) -> Int {
        // A store that was given this id while the verification ran is another one.
        let ids = own.stores.filter { id in
            stores[id].map { store in store.firstSeen.map { $0 <= own.start } ?? true } ?? false
        }
        for id in ids { stores[id]?.lastLog = own.log }
        let run = Run(id: own.id, start: own.start, completion: completion, result: result)
        return count(run, source: "exporter", of: ids, horizon: nil)
    }
}
