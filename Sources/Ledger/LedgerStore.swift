package import Logging
package import OperatingSystem

/// Holds the ledger of one target while the exporter runs, and saves it after each count.
///
/// Counts are saved before they are published, so that after a restart no counter is below its last scraped value,
/// unless the state could not be written. The thread of the database writes, one save of a target at a time. If the disk
/// does not answer in time, the save has failed: the counts are published from memory, and the newest state is saved
/// when the disk answers again.
package actor LedgerStore {
    /// The ledger with all changes; some may not be saved yet.
    package private(set) var ledger: TargetLedger
    private let database: StateDatabase?
    private let key: StateKey
    /// Names this store; the database takes saves of the newest store of a ledger only.
    private let holder: UInt64
    private let rules: OutcomeRules
    private let logger: Logger
    private let clock: Clock
    private let writer: WorkerThread
    /// What the database holds; `nil` if it holds nothing.
    private var saved: StateDatabase.Saved?
    private var lastSave: Duration
    /// Whether the last save failed: repeated failures are logged once.
    private var isFailing = false
    private(set) var saveFailures = 0
    /// Increases with every change.
    private var revision: UInt64 = 0
    /// What may be published: saved, or given up to be saved in time.
    private var published: (revision: UInt64, ledger: TargetLedger)
    private var isWriting = false
    /// Whether the save that is being written took too long: the changes after it do not wait for the disk.
    private var isOverdue = false
    private var waiters: [UInt64: Waiter] = [:]
    private var lastWaiter: UInt64 = 0

    /// How long before this start results were last read, by the saved state; `nil` without one.
    nonisolated package let ageAtStart: Duration?

    /// A task that waits until its change is saved.
    private struct Waiter {
        var revision: UInt64
        var continuation: CheckedContinuation<Void, Never>
    }

    /// A copy of the ledger at one moment; a higher revision is newer.
    package struct Snapshot: Sendable {
        package var revision: UInt64
        package var ledger: TargetLedger
        package var saveFailures: Int
    }

    /// How long a ledger in which only the watermarks moved may stay unsaved.
    ///
    /// If these are lost, only more results are read again.
    private static let quietInterval = Duration.seconds(600)
    /// How long a change waits for a disk that completes no save at all.
    package static let patience = Duration.seconds(5)
    /// How many times ``patience`` a change waits for a disk that is slow, but completes saves.
    private static let longestWait = 6

    /// - Parameters:
    ///   - saved: What the database holds of the ledger.
    ///   - database: `nil` keeps the ledger in memory only.
    package init(
        ledger: TargetLedger, saved: StateDatabase.Saved? = nil, of key: StateKey, in database: StateDatabase?,
        rules: OutcomeRules, logger: Logger, clock: Clock
    ) {
        self.ledger = ledger
        self.saved = saved
        self.key = key
        self.database = database
        holder = database?.takeOver(key) ?? 0
        self.rules = rules
        self.logger = logger
        self.clock = clock
        writer = database?.writer ?? .stateFiles
        published = (0, ledger)
        let watermarks = [ledger.jobs.plan.watermark, ledger.profiles.plan.watermark].compactMap(\.self)
        ageAtStart = saved == nil ? nil : watermarks.max().map { max(.zero, clock.now().since($0)) }
        lastSave = clock.uptime()
    }

    /// The ledger as it may be published.
    package var snapshot: Snapshot {
        Snapshot(revision: published.revision, ledger: published.ledger, saveFailures: saveFailures)
    }

    /// Changes the ledger and saves it at once: values published before a reading is complete must survive a crash.
    ///
    /// It returns when the change may be published.
    @discardableResult
    package func update<Value: Sendable>(_ change: @Sendable (inout TargetLedger) -> Value) async -> Value {
        revision += 1
        let value = change(&ledger)
        await saveIfNeeded()
        return value
    }

    /// What settling has changed.
    package struct Settled: Sendable, Equatable {
        /// Newly counted verifications with a result that is not a known word.
        package var unknownResults = 0
        /// Verifications of stores that are not counted because there are too many.
        package var verificationsLeftOut = 0
        /// Times of runs that were believed while the server's clock was ahead.
        package var implausibleJobTimes = 0
        package var implausibleProfileTimes = 0
    }

    /// Counts the verifications for their stores, forgets the ids that no later reading can return, and saves.
    ///
    /// It can be left to the next time: if the task was cancelled, it does nothing, so that the program ends soon.
    @discardableResult
    package func settle(at time: PresentTime = .unlimited) async -> Settled {
        guard !Task.isCancelled else { return Settled() }
        revision += 1
        var settled = Settled()
        settled.implausibleJobTimes = ledger.jobs.disbelieve(after: time)
        settled.implausibleProfileTimes = ledger.profiles.disbelieve(after: time)
        ledger.verifications.disbelieve(after: time)
        // This happens before the horizon moves, because verifications that ended long ago, while the exporter was
        // down, are not settled yet.
        let folded = ledger.verifications.fold(ledger.jobs, limits: rules.limits)
        (settled.unknownResults, settled.verificationsLeftOut) = (folded.unknownResults, folded.leftOut)
        let present = clock.now()
        // A settled run can no longer be counted for a store, so no run is settled while the stores are not known.
        if ledger.verifications.areStoresKnown || !rules.waitsForStores {
            ledger.jobs.plan.moveHorizon(reach: rules.reach, notAfter: present)
            if let horizon = ledger.jobs.plan.horizon {
                ledger.jobs.settle(before: horizon, success: rules.success)
                ledger.verifications.settle(before: horizon, success: rules.success)
            }
        }
        ledger.profiles.plan.moveHorizon(reach: rules.reach, notAfter: present)
        if let horizon = ledger.profiles.plan.horizon {
            ledger.profiles.settle(before: horizon, success: rules.success)
        }
        await saveIfNeeded()
        return settled
    }

    /// Saves unsaved changes.
    package func saveNow(patience: Duration = LedgerStore.patience) async {
        if isUnsaved { await save(patience) }
    }

    /// Saves unsaved changes, unless the last save was a moment ago.
    package func save(ifOlderThan interval: Duration) async {
        if clock.uptime() - lastSave >= interval { await saveNow() }
    }

    private var savedLedger: TargetLedger { saved?.ledger ?? TargetLedger() }

    /// Whether the database does not hold the ledger as it is.
    private var isUnsaved: Bool { ledger != savedLedger || isOutdated }

    /// Whether the database does not hold what was saved: another one may have replaced it.
    private var isOutdated: Bool {
        if let database, let saved { !database.isCurrent(saved, of: key) } else { false }
    }

    private func saveIfNeeded() async {
        let isDue = isFailing || !canWait() || isOutdated || clock.uptime() - lastSave >= Self.quietInterval
        guard isUnsaved, isDue else { return publish() }
        await save(Self.patience)
    }

    /// Whether only watermarks and the progress of a verification changed.
    ///
    /// The first watermark records where counting began, and the counters appear at the end of the first reading. Both
    /// are saved at once.
    private func canWait() -> Bool {
        var saved = savedLedger
        guard (saved.jobs.plan.beginning == nil) == (ledger.jobs.plan.beginning == nil),
            (saved.profiles.plan.beginning == nil) == (ledger.profiles.plan.beginning == nil),
            saved.jobs.plan.isRead == ledger.jobs.plan.isRead,
            saved.profiles.plan.isRead == ledger.profiles.plan.isRead
        else { return false }
        saved.jobs.plan = ledger.jobs.plan
        saved.profiles.plan = ledger.profiles.plan
        // The server can report the progress of a verification again, but not whether one was started.
        if saved.ownVerifications.current?.token == ledger.ownVerifications.current?.token {
            saved.ownVerifications.current = ledger.ownVerifications.current
        }
        return saved == ledger
    }

    /// Waits until the ledger as it is now is saved, or the save has failed.
    private func save(_ patience: Duration) async {
        guard let database else { return publish() }
        if !isWriting { beginSave() }
        guard !isOverdue else {
            saveFailures += 1
            database.keep(ledger, of: key, by: holder)
            return publish()
        }
        lastWaiter += 1
        let id = lastWaiter
        // Not part of the waiting task: the last save is made after that was cancelled.
        let timer = Task { [writer] in
            var completed = writer.completed
            for _ in 0..<Self.longestWait {
                do { try await writer.clock.sleep(patience) } catch { return }
                let now = writer.completed
                if now == completed { break }
                completed = now
            }
            self.giveUp(id)
        }
        await withCheckedContinuation { waiters[id] = Waiter(revision: revision, continuation: $0) }
        timer.cancel()
    }

    private func beginSave() {
        guard let database else { return }
        isWriting = true
        let (ledger, revision) = (ledger, revision)
        let isQueued = database.save(ledger, of: key, over: saved, by: holder) { result in
            Task { await self.ended(result, ledger, revision) }
        }
        // Another store has taken over: nothing waits for this one any longer.
        if !isQueued { stopWaiting() }
    }

    /// A save has ended, perhaps long after nothing waited for it any more.
    private func ended(
        _ result: Result<StateDatabase.Saved, StateError>, _ ledger: TargetLedger, _ revision: UInt64
    ) {
        let isCounted = isOverdue
        (isWriting, isOverdue) = (false, false)
        lastSave = clock.uptime()
        var hasFailed = false
        switch result {
        case .failure(let failure):
            hasFailed = true
            if !isCounted { failed("\(failure)") }
        case .success(let saved):
            self.saved = saved
            if isFailing { logger.notice("state is saved again") }
            isFailing = false
        }
        if revision > published.revision { published = (revision, ledger) }
        for (id, waiter) in waiters where waiter.revision <= revision {
            waiters[id] = nil
            waiter.continuation.resume()
        }
        // What changed meanwhile is saved next. After a failure the next change tries again.
        if !waiters.isEmpty || (!hasFailed && !canWait()) { beginSave() }
    }

    /// The disk does not answer: nothing waits for it any longer.
    private func giveUp(_ id: UInt64) {
        guard waiters[id] != nil else { return }
        failed("the disk does not answer; check the disk of the state directory; counting continues in memory")
        database?.keep(ledger, of: key, by: holder)
        stopWaiting()
    }

    private func stopWaiting() {
        isOverdue = true
        publish()
        for waiter in waiters.values { waiter.continuation.resume() }
        waiters = [:]
    }

    private func publish() {
        published = (revision, ledger)
    }

    private func failed(_ error: String) {
        saveFailures += 1
        if !isFailing {
            logger.error("cannot save state", metadata: ["error": "\(error)", "file": "\(database?.path ?? "")"])
        }
        isFailing = true
    }
}
