import Foundation
import OperatingSystem
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("A target whose settings are reloaded while its disk does not answer", .timeLimit(.minutes(1)))
struct StuckReloadTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(now: LedgerExample.time(0))
    private let log = RecordingLog()
    private let disk: StuckThread
    private let database: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        disk = StuckThread(time: time)
        database = try LedgerExample.database(in: folder.path, at: time, writer: disk.thread, logger: log.logger)
    }

    private func load() async throws -> LedgerStore {
        let saved = try await database.load(LedgerExample.key, now: time.now)
        return LedgerStore(
            ledger: saved?.ledger ?? TargetLedger(), saved: saved, of: LedgerExample.key, in: database,
            rules: LedgerExample.rules, logger: log.logger, clock: time.clock)
    }

    private func count(_ ids: String..., by store: LedgerStore) async {
        let reports = ids.map { LedgerExample.report(of: "1", LedgerExample.run($0, completed: -1)) }
        await store.update { _ = $0.profiles.fold(reports) }
    }

    /// Counts a run while the disk hangs, until the store no longer waits for it.
    private func giveUp(_ id: String, by store: LedgerStore) async {
        async let counted: Void = count(id, by: store)
        await time.waitForSleepers(1)
        time.advance(by: LedgerStore.patience)
        await counted
    }

    private func total(_ ledger: TargetLedger?) -> Int? {
        ledger?.profiles.entries["1"]?.history.totals["succeeded"]
    }

    /// What the next start of the program finds.
    private func nextStart() throws -> TargetLedger? {
        let next = try LedgerExample.database(in: folder.path, at: time, logger: log.logger)
        return try next.read(LedgerExample.key, now: time.now)?.ledger
    }

    private var damage: [String] { log.lines.filter { $0.contains("cannot be used") } }

    @Test("continues with what waits for the disk and what came after it, and the next start finds all of it")
    func continues() async throws {
        let old = try await load()
        await count("0", by: old)
        disk.hang()
        await giveUp("1", by: old)
        await count("2", by: old)
        await old.update { $0.ownVerifications.pending = [["11"]] }
        let new = try await load()
        #expect(await new.ledger == (await old.ledger))
        // The readings overlap: what the old store counted is read again.
        await giveUp("2", by: new)
        await count("0", "1", "2", "3", by: new)
        disk.release()
        await eventually { total(try? LedgerExample.saved(in: folder.path)) == 4 }
        #expect(try nextStart() == (await new.ledger))
        #expect(damage == [])
    }

    @Test("is saved by the new store only, although the old one has changes left when the disk answers")
    func oneHolder() async throws {
        let old = try await load()
        disk.hang()
        await giveUp("1", by: old)
        await count("2", by: old)
        let new = try await load()
        disk.release()
        await new.saveNow()
        await count("3", by: new)
        // A store that should have stopped writes nothing, and waits for nothing.
        await count("4", by: old)
        await old.saveNow()
        #expect(try nextStart() == (await new.ledger))
        #expect(total(try nextStart()) == 3)
        #expect(damage == [])
    }

    @Test("continues with what could not be saved because the disk is full")
    func full() async throws {
        let old = try await load()
        try FileManager.default.removeItem(atPath: folder.path)
        await count("1", by: old)
        #expect(await old.saveFailures == 1)
        #expect(total(try await load().ledger) == 1)
    }

    @Test("is not collected if its state has to be read: that fails in time, and says why")
    func unreadable() async throws {
        let old = try await load()
        await count("1", by: old)
        disk.hang()
        let loading = Task { [database, time] in try await database.load(LedgerExample.key, now: time.now) }
        await time.waitForSleepers(1)
        time.advance(by: LedgerStore.patience)
        let error = await #expect(throws: StateError.self) { try await loading.value }
        #expect(error?.description.contains("the disk does not answer; check the disk") == true)
        // The next target does not wait as long again.
        await #expect(throws: StateError.self) { try await database.load(StateKey("other"), now: time.now) }
        disk.release()
        await disk.waitUntilCompleted(4)
        #expect(try await database.load(LedgerExample.key, now: time.now)?.ledger == (await old.ledger))
    }

    @Test("a save over what is not the newest version writes the whole ledger")
    func base() async throws {
        let first = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        var other = TargetLedger()
        _ = other.profiles.fold([LedgerExample.report(of: "9", LedgerExample.run("1", completed: -1))])
        let second = try database.saveNow(other, of: LedgerExample.key)
        #expect(!database.isCurrent(first, of: LedgerExample.key))
        #expect(database.isCurrent(second, of: LedgerExample.key))
        var next = LedgerExample.ledger()
        _ = next.profiles.fold([LedgerExample.report(of: "7", LedgerExample.run("2", completed: -1))])
        // Both wait for the same commit, the second one over the same version.
        disk.hang()
        for ledger in [other, next] {
            database.save(ledger, of: LedgerExample.key, over: first) { _ in }
        }
        disk.release()
        await disk.waitUntilCompleted(3)
        #expect(try nextStart() == next)
        #expect(damage == [])
    }
}
