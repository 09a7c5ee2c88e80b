package import Logging
package import OperatingSystem

/// Holds the ledger of one target while the exporter runs, and saves it after each count.
///
/// Counts are saved before they are published, so that after a restart no counter is below its last scraped value,
/// unless the state could not be written.
package actor LedgerStore {
    package private(set) var ledger: TargetLedger
    private let file: LedgerFile?
    private let rules: OutcomeRules
    private let logger: Logger
    private let clock: Clock
    private var savedLedger: TargetLedger
    private var lastSave: Duration
    /// Whether the last save failed: repeated failures are logged once.
    private var isFailing = false
    private(set) var saveFailures = 0
    /// Increases with every change.
    private var revision: UInt64 = 0

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

    /// - Parameter file: `nil` keeps the ledger in memory only.
    package init(
        ledger: TargetLedger, file: LedgerFile?, rules: OutcomeRules, logger: Logger, clock: Clock
    ) {
        self.ledger = ledger
        self.file = file
        self.rules = rules
        self.logger = logger
        self.clock = clock
        savedLedger = ledger
        lastSave = clock.uptime()
    }

    /// The current ledger.
    package var snapshot: Snapshot {
        Snapshot(revision: revision, ledger: ledger, saveFailures: saveFailures)
    }

    /// Changes the ledger and saves it at once: values published before a reading is complete must survive a crash.
    @discardableResult
    package func update<Value: Sendable>(_ change: @Sendable (inout TargetLedger) -> Value) -> Value {
        defer { saveIfNeeded() }
        revision += 1
        return change(&ledger)
    }

    /// What settling has changed.
    package struct Settled: Sendable, Equatable {
        /// Newly counted verifications with a result that is not a known word.
        package var unknownResults = 0
        /// Times of runs that were believed while the server's clock was ahead.
        package var implausibleJobTimes = 0
        package var implausibleProfileTimes = 0
    }

    /// Counts the verifications for their stores, forgets the ids that no later reading can return, and saves.
    @discardableResult
    package func settle(at time: PresentTime = .unlimited) -> Settled {
        revision += 1
        var settled = Settled()
        settled.implausibleJobTimes = ledger.jobs.disbelieve(after: time)
        settled.implausibleProfileTimes = ledger.profiles.disbelieve(after: time)
        ledger.verifications.disbelieve(after: time)
        // This happens before the horizon moves, because verifications that ended long ago, while the exporter was
        // down, are not settled yet.
        settled.unknownResults = ledger.verifications.fold(ledger.jobs)
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
        saveIfNeeded()
        return settled
    }

    /// Saves unsaved changes.
    package func saveNow() {
        if ledger != savedLedger { save() }
    }

    /// Saves unsaved changes, unless the last save was a moment ago.
    package func save(ifOlderThan interval: Duration) {
        if clock.uptime() - lastSave >= interval { saveNow() }
    }

    private func saveIfNeeded() {
        guard ledger != savedLedger else { return }
        if isFailing || !canWait() || clock.uptime() - lastSave >= Self.quietInterval { save() }
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

    private func save() {
        guard let file else { return }
        do throws(LedgerFileError) {
            try file.save(ledger)
            savedLedger = ledger
            lastSave = clock.uptime()
            if isFailing { logger.notice("state is saved again") }
            isFailing = false
        } catch {
            saveFailures += 1
            lastSave = clock.uptime()
            if !isFailing {
                logger.error("cannot save state", metadata: ["error": "\(error)", "file": "\(file.path)"])
            }
            isFailing = true
        }
    }
}
