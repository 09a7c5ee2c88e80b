package import Logging
package import OperatingSystem

/// Holds the ledger of one target while the exporter runs, and saves it after each count.
///
/// Counts are saved before they are published, so that after a restart no counter is below its last scraped value,
/// unless the state could not be written. A plain thread writes the file, one save of a target at a time. If the disk
/// does not answer in time, the save has failed: the counts are published from memory, and the newest state is saved
/// when the disk answers again.
package actor LedgerStore {
    /// The ledger with all changes; some may not be saved yet.
    package private(set) var ledger: TargetLedger
    private let file: LedgerFile?
    private let rules: OutcomeRules
    private let logger: Logger
    private let clock: Clock
    private let writer: WorkerThread
    private var savedLedger: TargetLedger
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
    ///   - file: `nil` keeps the ledger in memory only.
    ///   - writer: The thread that writes the file.
    package init(
        ledger: TargetLedger, file: LedgerFile?, rules: OutcomeRules, logger: Logger, clock: Clock,
        writer: WorkerThread = .stateFiles
    ) {
        self.ledger = ledger
        self.file = file
        self.rules = rules
        self.logger = logger
        self.clock = clock
        self.writer = writer
        savedLedger = ledger
        published = (0, ledger)
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
        // A settled run can no longer be counted for a store, so no run is settled before the stores are known.
        if ledger.verifications.wasListed || !rules.waitsForStores {
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
        if ledger != savedLedger { await save(patience) }
    }

    /// Saves unsaved changes, unless the last save was a moment ago.
    package func save(ifOlderThan interval: Duration) async {
        if clock.uptime() - lastSave >= interval { await saveNow() }
    }

    private func saveIfNeeded() async {
        let isDue = isFailing || !canWait() || clock.uptime() - lastSave >= Self.quietInterval
        guard ledger != savedLedger, isDue else { return publish() }
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
        guard file != nil else { return publish() }
        if !isWriting { beginSave() }
        guard !isOverdue else {
            saveFailures += 1
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
        guard let file else { return }
        isWriting = true
        let (ledger, revision) = (ledger, revision)
        writer.run {
            var failure: LedgerFileError?
            do throws(LedgerFileError) { try file.save(ledger) } catch { failure = error }
            let result = failure
            Task { await self.ended(result, ledger, revision) }
        }
    }

    /// A save has ended, perhaps long after nothing waited for it any more.
    private func ended(_ failure: LedgerFileError?, _ ledger: TargetLedger, _ revision: UInt64) {
        let isCounted = isOverdue
        (isWriting, isOverdue) = (false, false)
        lastSave = clock.uptime()
        if let failure {
            if !isCounted { failed("\(failure)") }
        } else {
            savedLedger = ledger
            if isFailing { logger.notice("state is saved again") }
            isFailing = false
        }
        if revision > published.revision { published = (revision, ledger) }
        for (id, waiter) in waiters where waiter.revision <= revision {
            waiters[id] = nil
            waiter.continuation.resume()
        }
        // What changed meanwhile is saved next. After a failure the next change tries again.
        if !waiters.isEmpty || (failure == nil && !canWait()) { beginSave() }
    }

    /// The disk does not answer: nothing waits for it any longer.
    private func giveUp(_ id: UInt64) {
        guard waiters[id] != nil else { return }
        isOverdue = true
        failed("the disk does not answer; check the disk of the state directory; counting continues in memory")
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
            logger.error("cannot save state", metadata: ["error": "\(error)", "file": "\(file?.path ?? "")"])
        }
        isFailing = true
    }
}
