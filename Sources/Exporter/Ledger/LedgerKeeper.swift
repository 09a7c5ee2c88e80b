import Logging
import MailStoreAPI

/// Holds the ledger of one target while the exporter runs, and saves it when something was counted.
///
/// What was counted is saved before it is published, so that a counter never falls back behind what was scraped unless
/// the disk refused the state.
actor LedgerKeeper {
    private(set) var ledger: TargetLedger
    private let file: LedgerFile?
    private let rules: OutcomeRules
    private let logger: Logger
    private let timekeeper: Timekeeper
    private var savedLedger: TargetLedger
    private var lastSave: Duration
    /// Whether the last save failed: repeated failures are logged once.
    private var isFailing = false
    private(set) var saveFailures = 0

    /// How long a ledger in which only the watermarks moved may stay unsaved: they are found again by reading more.
    private static let quietInterval = Duration.seconds(600)

    /// - Parameter file: `nil` keeps the ledger in memory only.
    init(
        ledger: TargetLedger, file: LedgerFile?, rules: OutcomeRules, logger: Logger, timekeeper: Timekeeper
    ) {
        self.ledger = ledger
        self.file = file
        self.rules = rules
        self.logger = logger
        self.timekeeper = timekeeper
        savedLedger = ledger
        lastSave = timekeeper.uptime()
    }

    /// Takes over which jobs or profiles there are, counts runs, or otherwise changes the ledger.
    @discardableResult
    func update<Value: Sendable>(_ change: @Sendable (inout TargetLedger) -> Value) -> Value {
        change(&ledger)
    }

    /// Forgets what no reading can meet again, joins the verifications to their stores, and saves.
    ///
    /// - Returns: how many newly counted verifications ended with a result that is no known word.
    @discardableResult
    func settle() -> Int {
        let unknownResults = ledger.verifications.fold(ledger.jobs)
        if let horizon = ledger.jobs.plan.horizon {
            ledger.jobs.settle(before: horizon, success: rules.success)
            ledger.verifications.settle(before: horizon, success: rules.success)
        }
        if let horizon = ledger.profiles.plan.horizon {
            ledger.profiles.settle(before: horizon, success: rules.success)
        }
        saveIfNeeded()
        return unknownResults
    }

    /// Saves whatever is not saved yet: at the end of the program.
    func close() {
        if ledger != savedLedger { save() }
    }

    private func saveIfNeeded() {
        guard ledger != savedLedger else { return }
        if isFailing || !differsOnlyInPlans() || timekeeper.uptime() - lastSave >= Self.quietInterval { save() }
    }

    private func differsOnlyInPlans() -> Bool {
        var saved = savedLedger
        saved.jobs.plan = ledger.jobs.plan
        saved.profiles.plan = ledger.profiles.plan
        return saved == ledger
    }

    private func save() {
        guard let file else { return }
        do throws(LedgerFileError) {
            try file.save(ledger)
            savedLedger = ledger
            lastSave = timekeeper.uptime()
            if isFailing { logger.notice("state is saved again") }
            isFailing = false
        } catch {
            saveFailures += 1
            if !isFailing {
                logger.error("cannot save state", metadata: ["error": "\(error)", "file": "\(file.path)"])
            }
            isFailing = true
        }
    }
}

/// What the configuration says of outcomes.
struct OutcomeRules: Sendable {
    var success: SuccessRule
    var reach: ReadingPlan.Reach
}
