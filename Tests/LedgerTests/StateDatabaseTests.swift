import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem
@testable import SQLite

@Suite("The state database", .timeLimit(.minutes(5)))
struct StateDatabaseTests {
    private let success = SuccessRule(includesCompletedWithErrors: true)

    @Test("what was saved is loaded again, to the last bit")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        var ledger = LedgerExample.ledger()
        ledger.server = "https://archive.example:8463"
        ledger.ownVerifications.current = VerificationRun(
            stores: ["1"], token: "t\"\\", start: LedgerExample.time(-1))
        ledger.ownVerifications.pending = [["2", "3"]]
        _ = ledger.verifications.record(
            VerificationRun(stores: ["1"], token: "u", start: LedgerExample.time(1)), result: "half\u{301} done",
            completion: LedgerExample.time(2))
        _ = ledger.jobs.plan.isUnreadable(LedgerExample.window(3, 4))
        let database = try LedgerExample.database(in: folder.path)
        _ = try database.saveNow(ledger, of: LedgerExample.key)
        #expect(try database.ledger(of: LedgerExample.key)?.ledger == ledger)
        #expect(try LedgerExample.saved(in: folder.path) == ledger)
    }

    @Test("what changes step by step is saved step by step, and read as it is", arguments: 0..<25)
    func steps(seed: Int) async throws {
        let scenario = Scenario(seed: seed)
        var random = SeededRandom(seed: seed)
        let folder = try TemporaryFolder(inMemory: true)
        let time = ManualTime(now: LedgerExample.time(0))
        let store = LedgerExample.store(in: try LedgerExample.database(in: folder.path), at: time)
        var rest = scenario.server.runs.shuffled(using: &random)[...]
        let names = ["a", "b", nil]
        while !rest.isEmpty {
            let runs = rest.prefix(Int.random(in: 1...30, using: &random))
            rest = rest.dropFirst(runs.count)
            let reports = runs.map { $0.report(action: ModelExporter.actions[$0.owner]) }
            let listed = RunMaker.owners.filter { _ in random.happens(0.8) }.map {
                OutcomeLedger.Listing(
                    id: $0, name: names.randomElement(using: &random) ?? nil,
                    action: ["Backup", "VerifyStores"].randomElement(using: &random))
            }
            let stores = ModelExporter.stores.filter { _ in random.happens(0.8) }
            let horizon = LedgerExample.time(random.seconds(-1000...5000))
            let now = LedgerExample.time(Double.random(in: 0...2000, using: &random))
            let settles = random.happens(0.5)
            await store.update { [success] ledger in
                _ = ledger.jobs.fold(reports)
                _ = ledger.profiles.fold(Array(reports.prefix(3)))
                ledger.jobs.list(listed, at: now)
                ledger.verifications.list(stores, at: now)
                _ = ledger.verifications.fold(ledger.jobs)
                ledger.jobs.plan.wasRead(LedgerExample.window(-24, 24), at: now)
                guard settles else { return }
                ledger.jobs.settle(before: horizon, success: success)
                ledger.profiles.settle(before: horizon, success: success)
                ledger.verifications.settle(before: horizon, success: success)
                _ = ledger.jobs.forgetUnlisted(beyond: 1)
            }
            let ledger = await store.ledger
            #expect(try LedgerExample.saved(in: folder.path) == ledger, "seed \(seed)")
        }
    }

    @Test("holds many targets and instances, each for itself, and any characters in their names")
    func manyTargets() throws {
        let folder = try TemporaryFolder()
        let database = try LedgerExample.database(in: folder.path)
        let keys = [
            StateKey("archive"), StateKey("archive", instance: "a"), StateKey("archive", instance: "ä"),
            StateKey("a'; DROP TABLE run; --"), StateKey("\u{0}"),
        ]
        for (index, key) in keys.enumerated() {
            var ledger = LedgerExample.ledger()
            ledger.server = "\(index)"
            _ = try database.saveNow(ledger, of: key)
        }
        for (index, key) in keys.enumerated() {
            #expect(try database.ledger(of: key)?.ledger.server == "\(index)")
            #expect(try database.ledger(of: key)?.ledger.jobs == LedgerExample.ledger().jobs)
        }
        #expect(Set(try SavedState(directory: folder.path).keys()) == Set(keys))
        #expect(try database.ledger(of: StateKey("other")) == nil)
    }

    @Test("only the exporter's user can read and write its files")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let database = try LedgerExample.database(in: folder.path)
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["state.db", "state.db-shm", "state.db-wal"])
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("many targets are saved with one flush of the disk")
    func together() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime(now: LedgerExample.time(0))
        let disk = StuckThread(time: time)
        let database = try LedgerExample.database(in: folder.path, writer: disk.thread)
        _ = try database.saveNow(LedgerExample.ledger(), of: StateKey("1"))
        let watcher = try SQLiteConnection(database.path, .readOnly)
        func commits() throws -> Int64? { try watcher.integer("PRAGMA data_version") }
        let before = try commits()
        disk.hang()
        let saved = Locked(0)
        for number in 1...100 {
            database.save(LedgerExample.ledger(), of: StateKey("\(number)"), over: nil) { result in
                if case .success = result { saved.withLock { $0 += 1 } }
            }
        }
        disk.release()
        await disk.waitUntilCompleted(101)
        #expect(saved.withLock { $0 } == 100)
        #expect(try SavedState(directory: folder.path).keys().count == 100)
        #expect(try commits() == before.map { $0 + 1 })
    }

    @Test("one ledger that cannot be written does not keep the others from being saved")
    func oneRefused() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime(now: LedgerExample.time(0))
        let disk = StuckThread(time: time)
        let database = try LedgerExample.database(in: folder.path, writer: disk.thread)
        _ = try database.saveNow(LedgerExample.ledger(), of: StateKey("a"))
        try database.execute(
            "CREATE TRIGGER t BEFORE INSERT ON target WHEN NEW.name = 'b' BEGIN SELECT raise(ABORT, 'no b'); END")
        disk.hang()
        let results = Locked<[String]>([])
        for name in ["a", "b", "c"] {
            database.save(LedgerExample.ledger(), of: StateKey(name), over: nil) { result in
                if case .failure(let error) = result { results.withLock { $0.append("\(name): \(error)") } }
            }
        }
        disk.release()
        await disk.waitUntilCompleted(4)
        #expect(try SavedState(directory: folder.path).keys() == [StateKey("a"), StateKey("c")])
        let failures = results.withLock { $0 }
        #expect(failures.count == 1)
        #expect(failures.first?.hasPrefix("b: the state database") == true)
    }

    @Test("another program that reads it for a long time keeps nothing from being saved")
    func reader() throws {
        let folder = try TemporaryFolder()
        let database = try LedgerExample.database(in: folder.path)
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        let reader = try SQLiteConnection(database.path, .readOnly)
        try reader.execute("BEGIN")
        #expect(try reader.integer("SELECT count(*) FROM target") == 1)
        _ = try database.saveNow(TargetLedger(), of: StateKey("second"))
        #expect(try reader.integer("SELECT count(*) FROM target") == 1)
        #expect(try SavedState(directory: folder.path).keys().count == 2)
    }

    @Test("a directory that may not be entered is not taken for one without state")
    func closedDirectory() throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        #expect(try SavedState(directory: state).keys() == [])
        try OrdinaryUser.run {
            let error = #expect(throws: StateError.self) { try SavedState(directory: state).keys() }
            #expect(error?.description.contains("Permission denied") == true)
        }
    }

    @Test("the view for people shows a line for each run")
    func view() throws {
        let folder = try TemporaryFolder()
        let database = try LedgerExample.database(in: folder.path)
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        var rows: [String] = []
        let reader = try SQLiteConnection(database.path, .readOnly)
        try reader.prepare("SELECT target, kind, id, run, completion, result FROM runs WHERE kind = 'profile'")
            .forEach { row in rows.append((0..<6).map { _ in row.text() ?? "" }.joined(separator: "|")) }
        #expect(rows == ["archive|profile|7|1|2026-01-04 21:00:00|succeeded"])
    }
}
