import Logging
import TestSupport

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem
@testable import SQLite

/// Small things that tests of the ledger are made of; times are hours after 2026-01-05T00:00:00Z.
enum LedgerExample {
    static let reach = ReadingPlan.Reach(lookback: .seconds(7 * 86_400), overlap: .seconds(3600))
    static let rules = OutcomeRules(success: SuccessRule(includesCompletedWithErrors: false), reach: reach)

    static func time(_ hours: Double) -> Timestamp {
        Timestamp(secondsSince1970: Scenario.origin + hours * 3600)
    }

    static func window(_ from: Double, _ to: Double) -> TimeWindow {
        TimeWindow(covering: time(from), to: time(to))
    }

    /// A run of a minute.
    static func run(
        _ id: String, completed hours: Double, _ result: String = "succeeded", items: Int64? = nil
    ) -> Run {
        Run(
            id: id, start: time(hours - 1.0 / 60), completion: time(hours), result: result, itemsArchived: items,
            verifies: nil, isApproximate: nil)
    }

    static func report(
        of owner: String, _ run: Run, raw: String? = "succeeded", action: String? = nil
    ) -> OutcomeLedger.Report {
        OutcomeLedger.Report(
            id: owner, action: action.map(JobAction.init), runID: run.id, start: run.start, completion: run.completion,
            itemsArchived: run.itemsArchived, result: raw)
    }

    static func store(
        _ ledger: TargetLedger = TargetLedger(), in database: StateDatabase? = nil, at time: ManualTime,
        logger: Logger = Logger(label: "ledger") { _ in SwiftLogNoOpLogHandler() }
    ) -> LedgerStore {
        LedgerStore(ledger: ledger, of: key, in: database, rules: rules, logger: logger, clock: time.clock)
    }

    static let key = StateKey("archive")

    /// The database of a directory.
    static func database(
        in directory: String, at time: ManualTime = ManualTime(), writer: WorkerThread = WorkerThread(),
        logger: Logger = Logger(label: "state") { _ in SwiftLogNoOpLogHandler() }
    ) throws -> StateDatabase {
        try StateDatabase(in: directory, clock: time.clock, logger: logger, writer: writer)
    }

    /// What a reader finds in a directory, beside whoever writes there.
    static func saved(in directory: String) throws -> TargetLedger? {
        try SavedState(directory: directory).ledger(of: key)
    }

    /// A ledger in which each outcomes has something.
    static func ledger() -> TargetLedger {
        var ledger = TargetLedger()
        ledger.jobs.list([OutcomeLedger.Listing(id: "1", name: "Prüfung \"Nacht\" 🌙", action: "VerifyStores")])
        _ = ledger.jobs.fold([report(of: "1", run("5", completed: -2), raw: "half done", action: "VerifyStores")])
        ledger.jobs.plan.wasRead(window(-168, 24), at: time(0))
        ledger.jobs.plan.finished(deep: true, at: time(0), reach: reach)
        _ = ledger.profiles.fold([report(of: "7", run("1", completed: -3, items: 12))])
        ledger.verifications.list([Store(id: "1", name: "2026-01")], at: time(0))
        _ = ledger.verifications.fold(ledger.jobs)
        return ledger
    }
}

extension StateDatabase {
    /// Executes a statement on the connection of the database, to bring about what a disk or another program does.
    func execute(_ sql: String) throws {
        try usingTables { (tables) throws(SQLiteError) in try tables.connection.execute(sql) }
    }
}
