import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem
@testable import SQLite

@Suite("A state database of version 1, which had no last failures", .timeLimit(.minutes(1)))
struct StateMigrationTests {
    private let folder: TemporaryFolder
    private let log = RecordingLog()
    private var path: String { folder.path + "/state.db" }

    /// The failure of the newest settled run.
    private static let failure = Timestamp(secondsSince1970: 1_767_100_000)

    /// The rows that the program of that version wrote.
    private static let rows = """
        INSERT INTO target VALUES(1,'archive','',NULL,NULL,-3583891612538773612);
        INSERT INTO ledger VALUES(1,'job',1767500100.0,NULL,NULL,NULL,NULL,NULL,NULL,1767200000.0,1766000000.0,
            1767400000.0,1767500000.0,NULL,NULL,NULL,NULL,NULL,1,7696742901589689527);
        INSERT INTO ledger VALUES(1,'profile',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,
            NULL,NULL,0,-2588272538046455562);
        INSERT INTO ledger VALUES(1,'store',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,
            NULL,0,0,7269426103478864438);
        INSERT INTO item VALUES(1,1,'job','1','Prüfung','VerifyStores',NULL,NULL,604800.0,1,NULL,NULL,NULL,NULL,NULL,
            NULL,NULL,'{"failed":1,"succeeded":2}',0,1767000000.0,NULL,1,NULL,NULL,
            'succeeded,1767000000,60;failed,1767100000,60',2,-5952016084225623928);
        INSERT INTO run VALUES(1,0,'12',NULL,1767499940.0,1767500000.0,'succeeded',NULL,'*',NULL,NULL,NULL,
            -5519393867524878088);
        INSERT INTO run VALUES(1,2,'','8',1767099940.0,1767100000.0,'failed',NULL,'*',NULL,NULL,NULL,
            5684924432838106001);
        """

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        do {
            let database = try LedgerExample.database(in: folder.path)
            _ = try database.saveNow(TargetLedger(), of: LedgerExample.key)
        }
        try change(
            """
            DELETE FROM target; DELETE FROM ledger; ALTER TABLE item DROP COLUMN settled_failure;
            PRAGMA user_version = 1; \(Self.rows)
            """)
    }

    private func change(_ sql: String) throws {
        try SQLiteConnection(path, .readWrite).execute(sql)
    }

    private func open() throws -> StateDatabase {
        try LedgerExample.database(in: folder.path, logger: log.logger)
    }

    private func version(_ path: String) throws -> Int64? {
        try SQLiteConnection(path, .immutable).integer("PRAGMA user_version")
    }

    private func lastFailure(_ ledger: TargetLedger?) -> Timestamp? {
        ledger?.jobs.entries["1"]?.history.summary(success: LedgerExample.rules.success).lastFailure
    }

    @Test("is changed in place, and the last failure that its runs show is known from then on")
    func changed() throws {
        var ledger = try #require(try open().ledger(of: LedgerExample.key)?.ledger)
        #expect(try version(path) == 2)
        #expect(ledger.jobs.entries["1"]?.history.totals == ["failed": 1, "succeeded": 2])
        #expect(lastFailure(ledger) == Self.failure)
        // The run that failed is pruned: another one is the newest that readings no longer return.
        ledger.jobs.settle(before: LedgerExample.time(1e6), success: LedgerExample.rules.success)
        #expect(ledger.jobs.entries["1"]?.history.hasRecentRuns == false)
        _ = try open().saveNow(ledger, of: LedgerExample.key)
        let saved = try LedgerExample.saved(in: folder.path)
        #expect(saved == ledger)
        #expect(lastFailure(saved) == Self.failure)
        #expect(log.lines == [])
    }

    @Test("is read beside an exporter of its version, and stays as it is")
    func read() throws {
        #expect(lastFailure(try LedgerExample.saved(in: folder.path)) == Self.failure)
        #expect(try version(path) == 1)
    }

    @Test("keeps what was damaged recognizable as damaged")
    func damaged() throws {
        try change("UPDATE item SET items_archived = 5")
        #expect(try open().ledger(of: LedgerExample.key) == nil)
        #expect(log.lines.first?.contains("the checksum of a row does not match its content") == true)
    }

    @Test("that cannot be changed is renamed as it was")
    func unchangeable() throws {
        try change("CREATE TRIGGER t BEFORE UPDATE ON item BEGIN SELECT raise(ABORT, 'no'); END")
        #expect(try open().ledger(of: LedgerExample.key) == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let aside = try #require(names.first { $0.hasPrefix("state.db.corrupt-") })
        #expect(try version(folder.path + "/" + aside) == 1)
        #expect(
            try SQLiteConnection(folder.path + "/" + aside, .immutable)
                .integer("SELECT count(*) FROM pragma_table_info('item') WHERE name = 'settled_failure'") == 0)
    }
}
