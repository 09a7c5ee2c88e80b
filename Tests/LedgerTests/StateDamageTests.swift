import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem
@testable import SQLite

@Suite("A state database that cannot be used", .timeLimit(.minutes(2)))
struct StateDamageTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(now: Timestamp(secondsSince1970: 1_767_571_200.75))
    private let log = RecordingLog()
    private var path: String { folder.path + "/state.db" }

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
    }

    private func open() throws -> StateDatabase {
        try LedgerExample.database(in: folder.path, at: time, logger: log.logger)
    }

    /// The bytes of a database that can be used, and that is closed.
    private func goodBytes() throws -> [UInt8] {
        _ = try open().saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
        try #require(!FileManager.default.fileExists(atPath: path + "-wal"))
        return bytes
    }

    private func put(_ bytes: [UInt8]) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func aside(_ suffix: String) -> Data? {
        FileManager.default.contents(atPath: "\(path).\(suffix)-1767571200")
    }

    @Test("is renamed as it is, said loudly, and counting starts again in a new one")
    func rubbish() throws {
        let bytes = Array("certainly no database, whatever its name says".utf8)
        try put(bytes)
        let database = try open()
        #expect(try database.ledger(of: LedgerExample.key) == nil)
        #expect(aside("corrupt") == Data(bytes))
        #expect(log.lines.count == 1)
        let line = try #require(log.lines.first)
        #expect(line.hasPrefix("error: the state cannot be used: it was renamed, and counting starts again"))
        #expect(line.contains("it is damaged (file is not a database)"))
        #expect(line.contains("kept_as=\(path).corrupt-1767571200"))
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        #expect(try LedgerExample.saved(in: folder.path) == LedgerExample.ledger())
    }

    @Test("because it was cut short anywhere is renamed, or counts from what is whole, and never ends the program")
    func truncated() throws {
        let bytes = try goodBytes()
        for length in stride(from: 1, to: bytes.count, by: 61) {
            try put(Array(bytes[..<length]))
            #expect(try open().ledger(of: LedgerExample.key) == nil, "\(length) bytes")
            #expect(aside("corrupt") == Data(bytes[..<length]), "\(length) bytes")
        }
    }

    @Test("because any byte of it has changed is never believed: it is renamed or copied, or the change means nothing")
    func changedBytes() throws {
        let bytes = try goodBytes()
        var random = SeededRandom(seed: 1)
        for position in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[position] ^= UInt8.random(in: 1...255, using: &random)
            try put(changed)
            let ledger = try open().ledger(of: LedgerExample.key)?.ledger
            if let ledger {
                #expect(ledger == LedgerExample.ledger(), "byte \(position)")
            } else {
                let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(kept.contains { $0.contains("-1767571200") }, "byte \(position)")
            }
        }
    }

    @Test(
        "of a newer version or of another program is renamed as such",
        arguments: [
            ("PRAGMA user_version = 7", "version-7", "newer version of the exporter (format 7; this one knows 2)"),
            ("PRAGMA application_id = 5", "foreign", "it is the database of another program"),
            ("DROP TABLE run", "corrupt", "no such table"),
            ("ALTER TABLE run DROP COLUMN verifies", "corrupt", "no column named verifies"),
        ])
    func foreign(change: String, suffix: String, reason: String) throws {
        _ = try goodBytes()
        try SQLiteConnection(path, .readWrite).execute("DROP VIEW runs; \(change)")
        let reader = #expect(throws: StateError.self) { try LedgerExample.saved(in: folder.path) }
        #expect(reader?.description.contains(reason) == true)
        #expect(aside(suffix) == nil)
        #expect(try open().ledger(of: LedgerExample.key) == nil)
        #expect(aside(suffix) != nil)
        #expect(log.lines.first?.contains(reason) == true)
    }

    @Test("in the rows of one target starts that one again, and keeps a copy and the other targets")
    func oneTarget() throws {
        let database = try open()
        for name in ["a", "b"] { _ = try database.saveNow(LedgerExample.ledger(), of: StateKey(name)) }
        try database.execute(
            """
            UPDATE item SET totals = '{"succeeded":2}' WHERE kind = 'profile'
                AND target = (SELECT number FROM target WHERE name = 'a')
            """)
        #expect(throws: StateError.self) { try SavedState(directory: folder.path).ledger(of: StateKey("a")) }
        #expect(try database.ledger(of: StateKey("a")) == nil)
        #expect(try database.ledger(of: StateKey("b"))?.ledger == LedgerExample.ledger())
        let line = try #require(log.lines.first)
        #expect(line.hasPrefix("error: the state of a target cannot be used: the database was copied"))
        #expect(line.contains("target=a"))
        #expect(line.contains("the checksum of a row does not match its content"))
        let copy = try SQLiteConnection("\(path).corrupt-1767571200", .readOnly)
        #expect(try copy.integer("SELECT count(*) FROM target") == 2)
        #expect(try SavedState(directory: folder.path).keys() == [StateKey("b")])
    }

    @Test("found while it is read keeps what was read before, and counting starts again for the others")
    func whileReading() async throws {
        _ = try goodBytes()
        let database = try open()
        for name in ["a", "b"] { _ = try database.saveNow(LedgerExample.ledger(), of: StateKey(name)) }
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let saved = try database.ledger(of: StateKey("a"))
        let store = LedgerStore(
            ledger: try #require(saved?.ledger), saved: saved, of: StateKey("a"), in: database,
            rules: LedgerExample.rules, logger: log.logger, clock: time.clock)
        try database.execute("PRAGMA shrink_memory; PRAGMA cache_size = 0")
        try #require(truncate(path, 2048) == 0)
        #expect(try database.ledger(of: StateKey("b")) == nil)
        let line = try #require(log.lines.first)
        #expect(line.contains("the state of targets that were read before is written again from memory, and for all"))
        #expect(log.lines.count == 1)
        await store.settle()
        #expect(try SavedState(directory: folder.path).keys() == [StateKey("a")])
        #expect(try SavedState(directory: folder.path).ledger(of: StateKey("a")) == (await store.ledger))
    }

    @Test("and cannot be renamed stops the start, and is left as it is")
    func cannotBeRenamed() throws {
        try put(Array("rubbish, which is not a database".utf8))
        try Data("first".utf8).write(to: URL(fileURLWithPath: "\(path).corrupt-1767571200"))
        let error = #expect(throws: StateError.self) { try open() }
        #expect(error?.description.contains("move it away by hand") == true)
        #expect(aside("corrupt") == Data("first".utf8))
        #expect(FileManager.default.contents(atPath: path) == Data("rubbish, which is not a database".utf8))
    }

    @Test(
        "because something else is in its place is said, without waiting", arguments: ["pipe", "device", "directory"])
    func noFile(kind: String) throws {
        switch kind {
        case "pipe": try #require(mkfifo(path, 0o600) == 0)
        case "device": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
        default: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        let error = #expect(throws: StateError.self) { try open() }
        #expect(error?.description.contains("is not a file: move it away") == true)
    }

    @Test("because the user may not read it stops the start, and names the remedy")
    func unreadable() throws {
        let bytes = try goodBytes()
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
        let error = try OrdinaryUser.run { #expect(throws: StateError.self) { try open() } }
        #expect(
            error?.description == "the state database \(path) cannot be opened (Permission denied): let the exporter's "
                + "user read and write it, or move it away to start counting again")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
    }

    @Test("a log that a removed database left behind is not merged into the new one")
    func strayLog() throws {
        let database = try open()
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        let stray = try #require(FileManager.default.contents(atPath: path + "-wal"))
        try put([])
        try FileManager.default.removeItem(atPath: path)
        try stray.write(to: URL(fileURLWithPath: path + "-wal"))
        #expect(try open().ledger(of: LedgerExample.key) == nil)
    }
}

@Suite("What happens to the state database while the exporter runs", .timeLimit(.minutes(1)))
struct StateReplacementTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(now: Timestamp(secondsSince1970: 1_767_571_200))
    private let log = RecordingLog()
    private let database: StateDatabase
    private let stores: [LedgerStore]
    private var path: String { folder.path + "/state/state.db" }

    init() async throws {
        folder = try TemporaryFolder()
        let directory = folder.path + "/state"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        database = try LedgerExample.database(in: directory, at: time, logger: log.logger)
        stores = [1, 2].map { [database, time, log] number in
            LedgerStore(
                ledger: LedgerExample.ledger(), of: StateKey("\(number)"), in: database, rules: LedgerExample.rules,
                logger: log.logger, clock: time.clock)
        }
        for store in stores { await store.saveNow() }
    }

    /// Saves as the exporter does when nothing has changed.
    private func expectAllSaved() async throws {
        for store in stores { await store.settle() }
        for (number, store) in zip(1..., stores) {
            let ledger = await store.ledger
            #expect(try SavedState(directory: folder.path + "/state").ledger(of: StateKey("\(number)")) == ledger)
        }
        #expect(await stores[0].saveFailures == 0)
    }

    private func change() async {
        await stores[0].update {
            _ = $0.jobs.fold([LedgerExample.report(of: "1", LedgerExample.run("9", completed: 0))])
        }
    }

    @Test("it is removed: all is written again from memory")
    func removed() async throws {
        try FileManager.default.removeItem(atPath: path)
        await change()
        try await expectAllSaved()
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.hasPrefix("error: the state database was removed while the exporter runs") == true)
    }

    @Test(
        "another file takes its place: that is renamed, and all is written again from memory",
        arguments: [
            "file", "directory",
        ])
    func replaced(kind: String) async throws {
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        if kind == "file" {
            try Data("a backup".utf8).write(to: URL(fileURLWithPath: path))
        } else {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        await change()
        try await expectAllSaved()
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("stop the exporter before you restore its state") == true)
        #expect(FileManager.default.fileExists(atPath: path + ".replaced-1767571200"))
    }

    @Test("its content is damaged: it is renamed, and all is written again from memory")
    func damaged() async throws {
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let file = try #require(fopen(path, "r+"))
        let rubbish = [UInt8](repeating: 0xA5, count: 200_000)
        fseek(file, 0, SEEK_SET)
        fwrite(rubbish, 1, rubbish.count, file)
        fclose(file)
        // Pages in the cache of the connection hide the damage for a while.
        try? database.execute("PRAGMA shrink_memory; PRAGMA cache_size = 0")
        await change()
        try await expectAllSaved()
        #expect(log.lines.contains { $0.hasPrefix("error: the state database is damaged: it was renamed, and") })
        #expect(FileManager.default.fileExists(atPath: path + ".corrupt-1767571200"))
    }
}
