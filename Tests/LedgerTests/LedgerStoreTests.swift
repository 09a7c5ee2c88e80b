import Foundation
import Logging
import OperatingSystem
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import SQLite

@Suite("When the ledger is saved")
struct LedgerStoreTests {
    private let folder: TemporaryFolder
    private let database: StateDatabase
    private let writer = WorkerThread()
    private let time = ManualTime(now: LedgerExample.time(0))
    private let log = RecordingLog()

    init() throws {
        folder = try TemporaryFolder()
        database = try LedgerExample.database(in: folder.path, at: time, writer: writer, logger: log.logger)
    }

    private func store(_ ledger: TargetLedger = TargetLedger()) -> LedgerStore {
        LedgerExample.store(ledger, in: database, at: time, logger: log.logger)
    }

    private func count(_ id: String, by store: LedgerStore) async {
        let report = LedgerExample.report(of: "1", LedgerExample.run(id, completed: -1))
        await store.update { _ = $0.profiles.fold([report]) }
    }

    private func moveWatermark(to hours: Double, by store: LedgerStore) async {
        await store.update { $0.profiles.plan.wasRead(LedgerExample.window(0, hours), at: LedgerExample.time(hours)) }
        await store.settle()
    }

    private var saved: TargetLedger? { try? LedgerExample.saved(in: folder.path) }

    /// What SQLite says of a full disk, until there is room again.
    private func fillDisk() throws {
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA max_page_count = 1")
    }

    private func makeRoom() throws {
        try database.execute("PRAGMA max_page_count = 4294967294")
    }

    @Test("what was counted is on the disk before anybody can see it, in the middle of a reading too")
    func savesWhatWasCounted() async {
        let store = store()
        await count("1", by: store)
        #expect(await store.ledger == saved)
        await count("2", by: store)
        #expect(saved?.profiles.entries["1"]?.history.totals == ["succeeded": 2])
        await store.settle()
        #expect(await store.ledger == saved)
    }

    @Test("that the first reading is complete is saved at once: the counters are shown from then on")
    func savesTheEndOfTheFirstReading() async {
        let store = store()
        await moveWatermark(to: 1, by: store)
        await store.update {
            $0.profiles.plan.finished(deep: true, at: LedgerExample.time(1), reach: LedgerExample.rules.reach)
        }
        #expect(saved?.profiles.plan.isRead == true)
    }

    @Test("where counting began is saved at once, though nothing was counted")
    func savesTheBeginning() async {
        let store = store()
        await moveWatermark(to: 1, by: store)
        #expect(saved?.profiles.plan.beginning == LedgerExample.time(0))
    }

    @Test("watermarks alone are saved every ten minutes")
    func quietTimes() async throws {
        let store = store()
        await count("1", by: store)
        await moveWatermark(to: 1, by: store)
        time.advance(by: .seconds(599))
        await moveWatermark(to: 2, by: store)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(1))
        time.advance(by: .seconds(1))
        await moveWatermark(to: 3, by: store)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(3))
    }

    @Test("a ledger in which nothing changed is not written again, however long ago it was")
    func unchanged() async throws {
        let store = store(LedgerExample.ledger())
        await store.settle()
        await store.saveNow()
        #expect(saved != nil)
        let writes = writer.completed
        time.advance(by: .seconds(100_000))
        await store.settle()
        await store.saveNow()
        #expect(writer.completed == writes)
    }

    @Test("at the end, what may wait is saved too")
    func end() async {
        let store = store()
        await moveWatermark(to: 1, by: store)
        await moveWatermark(to: 2, by: store)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(1))
        await store.saveNow()
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(2))
    }

    @Test("a failure is counted each time and logged once, counting goes on, and all is saved when it can be again")
    func failures() async throws {
        let store = store()
        await count("1", by: store)
        try fillDisk()
        // Enough runs for new pages.
        for id in 2...4 { await count(String(repeating: "\(id)", count: 4000), by: store) }
        #expect(await store.saveFailures == 3)
        #expect(log.lines.count == 1)
        let line = try #require(log.lines.first)
        #expect(
            line.hasPrefix(
                "error: cannot save state; error=the state database \(database.path) cannot be used: No space left on "
                    + "device (database or disk is full); free space on that file system"))
        #expect(saved?.profiles.entries["1"]?.history.totals == ["succeeded": 1])
        #expect(await store.ledger.profiles.entries["1"]?.history.totals == ["succeeded": 4])

        // Nothing new, and no ten minutes: what is owed is saved at the next opportunity.
        try makeRoom()
        await store.settle()
        #expect(await store.ledger == saved)
        #expect(log.lines.last == "notice: state is saved again")

        try fillDisk()
        await count(String(repeating: "5", count: 4000), by: store)
        #expect(log.lines.count == 3)
        #expect(await store.saveFailures == 4)
    }

    @Test("watermarks that could not be saved wait for no further ten minutes")
    func quietFailure() async throws {
        let store = store()
        await moveWatermark(to: 1, by: store)
        time.advance(by: .seconds(600))
        let lock = try SQLiteConnection(database.path, .readWrite)
        try database.execute("PRAGMA busy_timeout = 0")
        try lock.execute("BEGIN IMMEDIATE")
        await store.update { $0.profiles.plan.wasRead(LedgerExample.window(1, 2), at: LedgerExample.time(2)) }
        #expect(await store.saveFailures == 1)
        #expect(log.lines.first?.contains("database is locked; end the program that holds a lock on it") == true)
        try lock.execute("ROLLBACK")
        await moveWatermark(to: 3, by: store)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(3))
    }

    @Test("without a database, the ledger is kept in memory and nothing fails")
    func memoryOnly() async {
        let store = LedgerExample.store(at: time, logger: log.logger)
        await count("1", by: store)
        await store.settle()
        await store.saveNow()
        #expect(await store.ledger.profiles.entries["1"]?.history.totals == ["succeeded": 1])
        #expect(await store.saveFailures == 0)
        #expect(log.lines.isEmpty)
    }

    @Test("after a crash and a long gap, reading goes on where it was, though nothing had ever been counted")
    func goesOnAfterCrash() async throws {
        let first = store()
        await moveWatermark(to: 1, by: first)

        let reloaded = try #require(saved)
        let window = reloaded.profiles.plan.window(at: LedgerExample.time(24 * 60), reach: LedgerExample.reach).window
        #expect(window.start <= LedgerExample.time(1))
    }

    @Test("how old the saved state is at the start is known, as after the restore of a backup")
    func age() async throws {
        #expect(store().ageAtStart == nil)
        await moveWatermark(to: 1, by: store())
        time.advance(by: .seconds(3 * 86_400))
        let saved = try await database.load(LedgerExample.key, now: time.now)
        let next = LedgerStore(
            ledger: try #require(saved?.ledger), saved: saved, of: LedgerExample.key, in: database,
            rules: LedgerExample.rules, logger: log.logger, clock: time.clock)
        #expect(next.ageAtStart == .seconds(3 * 86_400 - 3600))
    }
}
