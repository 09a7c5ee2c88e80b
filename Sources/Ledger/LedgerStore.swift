package import Logging
package import OperatingSystem

/// Holds the ledger of one target while the exporter runs, and saves it when something was counted.
///
/// What was counted is saved before it is published, so that a counter never falls back behind what was scraped unless
/// the disk refused the state.
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
    package private(set) var saveFailures = 0
    /// Grows with every change.
    private var revision: UInt64 = 0

    /// The ledger at one moment; of two, the one with the higher revision is the newer.
    package struct Snapshot: Sendable {
        package var revision: UInt64
        package var ledger: TargetLedger
        package var saveFailures: Int
    }

    /// How long a ledger in which only the watermarks moved may stay unsaved: they are found again by reading more.
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

    /// The ledger as it is now.
    package var snapshot: Snapshot {
        Snapshot(revision: revision, ledger: ledger, saveFailures: saveFailures)
    }

    /// Takes over which jobs or profiles there are, counts runs, or otherwise changes the ledger, and saves: whoever
    /// publishes while the rest of a reading is under way must not show what a crash would take back.
    @discardableResult
    package func update<Value: Sendable>(_ change: @Sendable (inout TargetLedger) -> Value) -> Value {
        defer { saveIfNeeded() }
        revision += 1
        return change(&ledger)
    }

    /// Forgets what no reading can meet again, joins the verifications to their stores, and saves.
    ///
    /// - Returns: how many newly counted verifications ended with a result that is no known word.
    @discardableResult
    package func settle() -> Int {
        revision += 1
        // Before the horizon moves: verifications that ended long ago, while nobody read, are not settled yet.
        let unknownResults = ledger.verifications.fold(ledger.jobs)
        let present = clock.now()
        // A settled run is one no store can be told of any more: none is settled before the stores are known.
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
        return unknownResults
    }

    /// Saves whatever is not saved yet: at the end of the program.
    package func close() {
        saveNow()
    }

    /// Saves whatever is not saved yet, since it must not be lost.
    package func saveNow() {
        if ledger != savedLedger { save() }
    }

    /// Saves whatever is not saved yet, unless that was done a moment ago.
    package func save(ifOlderThan interval: Duration) {
        if clock.uptime() - lastSave >= interval { saveNow() }
    }

    private func saveIfNeeded() {
        guard ledger != savedLedger else { return }
        if isFailing || !canWait() || clock.uptime() - lastSave >= Self.quietInterval { save() }
    }

    /// Whether only watermarks and the progress of a verification moved, and there is a watermark already: the first
    /// says where counting began, and the end of the first reading is what the counters wait for.
    private func canWait() -> Bool {
        var saved = savedLedger
        guard (saved.jobs.plan.beginning == nil) == (ledger.jobs.plan.beginning == nil),
            (saved.profiles.plan.beginning == nil) == (ledger.profiles.plan.beginning == nil),
            saved.jobs.plan.isRead == ledger.jobs.plan.isRead,
            saved.profiles.plan.isRead == ledger.profiles.plan.isRead
        else { return false }
        saved.jobs.plan = ledger.jobs.plan
        saved.profiles.plan = ledger.profiles.plan
        // How far a verification has come can be asked again; that it runs cannot.
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

/// What the configuration says of outcomes.
package struct OutcomeRules: Sendable {
    package var success: SuccessRule
    package var reach: ReadingPlan.Reach
    /// Whether the stores are collected, so that runs of verifications have to be kept until they are known.
    package var waitsForStores = false

    package init(success: SuccessRule, reach: ReadingPlan.Reach, waitsForStores: Bool = false) {
        self.success = success
        self.reach = reach
        self.waitsForStores = waitsForStores
    }
}
