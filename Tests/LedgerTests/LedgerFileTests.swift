import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("The state file of the version before the database", .timeLimit(.minutes(1)))
struct LedgerFileTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(now: Timestamp(secondsSince1970: 1_767_571_200.75))
    private let log = RecordingLog()
    private var path: String { folder.path + "/archive.ledger.json" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func database() throws -> StateDatabase {
        try LedgerExample.database(in: folder.path, at: time, logger: log.logger)
    }

    private func write(_ ledger: TargetLedger) throws {
        try LedgerDocument(ledger).bytes().write(to: URL(fileURLWithPath: path))
    }

    @Test("is taken over once: its content is in the database, and the file is kept under another name")
    func takenOver() async throws {
        try write(LedgerExample.ledger())
        let bytes = FileManager.default.contents(atPath: path)
        let loaded = try await database().load(LedgerExample.key, now: time.now)
        #expect(loaded?.ledger == LedgerExample.ledger())
        #expect(FileManager.default.contents(atPath: path + ".imported-1767571200") == bytes)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.hasPrefix("notice: the state is in the database now") == true)
        #expect(try await database().load(LedgerExample.key, now: time.now)?.ledger == LedgerExample.ledger())
        #expect(log.lines.count == 1)
    }

    @Test("does not count again if the program was killed before the file was renamed, or if an old one comes back")
    func notTwice() async throws {
        let database = try database()
        var newer = LedgerExample.ledger()
        _ = newer.profiles.fold([LedgerExample.report(of: "7", LedgerExample.run("2", completed: -1))])
        _ = try database.saveNow(newer, of: LedgerExample.key)
        try write(LedgerExample.ledger())
        #expect(try await database.load(LedgerExample.key, now: time.now)?.ledger == newer)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "that cannot be used is renamed as it is, said loudly, and counting starts again",
        arguments: [
            ("rubbish", "corrupt", "it is damaged (not readable as JSON)"),
            (#"{"version":7}"#, "version-7", "it was written by a newer version of the exporter"),
        ])
    func damaged(content: String, suffix: String, reason: String) async throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        let database = try database()
        #expect(try await database.load(LedgerExample.key, now: time.now) == nil)
        #expect(FileManager.default.contents(atPath: "\(path).\(suffix)-1767571200") == Data(content.utf8))
        let line = try #require(log.lines.first)
        #expect(line.hasPrefix("error: the state file cannot be used: it was renamed, and counting starts again"))
        #expect(line.contains(reason))
        #expect(line.contains("kept_as=\(path).\(suffix)-1767571200"))
    }

    @Test("that was renamed is never overwritten by the next one")
    func secondDamage() async throws {
        try Data("first".utf8).write(to: URL(fileURLWithPath: path + ".corrupt-1767571200"))
        try Data("second".utf8).write(to: URL(fileURLWithPath: path))
        let database = try database()
        let error = await #expect(throws: StateError.self) {
            try await database.load(LedgerExample.key, now: time.now)
        }
        #expect(error?.description.contains("move it away by hand") == true)
        #expect(FileManager.default.contents(atPath: path + ".corrupt-1767571200") == Data("first".utf8))
        #expect(FileManager.default.contents(atPath: path) == Data("second".utf8))
    }

    @Test("is read by commands before an exporter of this version has run, and left as it is")
    func look() throws {
        #expect(try LedgerExample.saved(in: folder.path) == nil)
        try write(LedgerExample.ledger())
        #expect(try LedgerExample.saved(in: folder.path) == LedgerExample.ledger())
        for (text, hint) in [("{", "is damaged"), (#"{"version": 99, "ledger": {}}"#, "newer version")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StateError.self) { try LedgerExample.saved(in: folder.path) }
            #expect(error?.description.contains(hint) == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["archive.ledger.json"])
    }

    @Test(
        "that is something else than a file, or that may not be read, stops the start",
        arguments: [
            "pipe", "device", "directory", "unreadable",
        ])
    func unusable(kind: String) throws {
        let database = try database()
        switch kind {
        case "pipe": try #require(mkfifo(path, 0o600) == 0)
        case "device": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
        case "directory": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        default:
            try write(LedgerExample.ledger())
            try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
        }
        let error = try OrdinaryUser.run {
            #expect(throws: StateError.self) { try database.read(LedgerExample.key, now: time.now) }
        }
        #expect(error?.description.hasPrefix("the state file cannot be read: ") == true)
        #expect(error?.description.hasSuffix("or move it away to start counting again") == true)
        #expect(FileManager.default.fileExists(atPath: path) || kind == "device")
    }
}
