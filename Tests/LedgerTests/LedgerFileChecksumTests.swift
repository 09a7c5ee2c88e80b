import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("Damage that is still valid JSON is noticed", .timeLimit(.minutes(1)))
struct LedgerFileChecksumTests {
    private let now = Timestamp(secondsSince1970: 1_767_571_200)

    private func savedBytes(_ file: LedgerFile) throws -> [UInt8] {
        try file.save(LedgerExample.ledger())
        return Array(try #require(FileManager.default.contents(atPath: file.path)))
    }

    /// What is wrong with a file of these bytes; `nil` if it can be used.
    private func problem(_ bytes: [UInt8], _ folder: TemporaryFolder) throws -> String? {
        let file = LedgerFile(directory: folder.path, target: "archive")
        try Data(bytes).write(to: URL(fileURLWithPath: file.path))
        switch try file.load(now: now) {
        case .nothing: return "overlooked"
        case .ledger: return nil
        case .putAside(let reason, let path):
            try FileManager.default.removeItem(atPath: path)
            return reason
        }
    }

    @Test("every single bit")
    func bits() throws {
        let folder = try TemporaryFolder(inMemory: true)
        let bytes = try savedBytes(LedgerFile(directory: folder.path, target: "archive"))
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(try problem(changed, folder) != nil, "byte \(position)")
        }
    }

    @Test("the reason is said, and the damaged file is kept")
    func reason() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        let text = String(decoding: try savedBytes(file), as: UTF8.self)
        _ = try folder.write(
            text.replacing("\"itemsArchived\":12", with: "\"itemsArchived\":13"), to: "archive.ledger.json")
        guard case .putAside(let reason, _) = try file.load(now: now) else {
            Issue.record("not noticed")
            return
        }
        #expect(reason == "it is damaged (its checksum does not match its content)")
    }

    @Test("a file of a version without checksums is read")
    func unchecked() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        let text = String(decoding: try savedBytes(file), as: UTF8.self)
        let plain = text.replacing(/"checksum":"[0-9a-f]{16}",/, with: "")
        try #require(plain.hasPrefix(#"{"ledger":"#))
        #expect(try problem(Array(plain.utf8), folder) == nil)
    }

    @Test(
        "a number in such a file that is negative, or at which the next run would overflow, is damage",
        arguments: [
            ("\"succeeded\":1", "-3"), ("\"itemsArchived\":12", "-3"), ("\"consecutiveFailures\":0", "-3"),
            ("\"succeeded\":1", "9223372036854775807"), ("\"consecutiveFailures\":0", "9223372036854775807"),
        ])
    func impossible(field: String, number: String) throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        let text = String(decoding: try savedBytes(file), as: UTF8.self)
            .replacing(/"checksum":"[0-9a-f]{16}",/, with: "")
        let name = String(field.prefix { $0 != ":" })
        let changed = text.replacing(field, with: name + ":" + number)
        try #require(changed != text)
        #expect(try problem(Array(changed.utf8), folder) == "it is damaged (a number in it is impossible)")
    }

    @Test("a pipe or a device in the place of the state is said, without waiting", arguments: ["pipe", "device"])
    func noFile(kind: String) throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        if kind == "pipe" {
            try #require(mkfifo(file.path, 0o600) == 0)
        } else {
            try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/zero")
        }
        let error = #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        #expect(error?.description.contains("is a pipe, a socket or a device, not a file: move it away") == true)
    }

    @Test("a pipe in the place of the new state is an error, without waiting")
    func pipeForNewState() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try #require(mkfifo(file.path + ".new", 0o600) == 0)
        #expect(throws: LedgerFileError.self) { try file.save(LedgerExample.ledger()) }
        try file.save(LedgerExample.ledger())
    }
}

@Suite("The state directory", .timeLimit(.minutes(1)))
struct StateDirectoryTests {
    private let log = RecordingLog()

    @Test("that is removed while the program runs is created and locked again, said once, and saving works")
    func removed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a/state"
        let directory = try StateDirectory(path, logger: log.logger)
        let file = LedgerFile(directory: path, target: "archive", in: directory)
        try file.save(LedgerExample.ledger())
        try FileManager.default.removeItem(atPath: folder.path + "/a")
        try file.save(LedgerExample.ledger())
        try file.save(LedgerExample.ledger())
        #expect(log.lines.count == 1)
        #expect(
            log.lines.first?.hasPrefix("error: the state directory was removed while the exporter runs: it was") == true
        )
        guard case .ledger(LedgerExample.ledger()) = try file.load(now: Timestamp(secondsSince1970: 0)) else {
            Issue.record("not saved")
            return
        }
        let error = #expect(throws: StartupError.self) { try StateDirectory(path, logger: log.logger) }
        #expect(error?.description.contains("another exporter (process \(getpid())) uses the state directory") == true)
    }

    @Test("on a file system that cannot lock is used, with a warning", arguments: [ENOLCK, ENOSYS, EOPNOTSUPP])
    func cannotLock(code: Int32) throws {
        let folder = try TemporaryFolder()
        _ = try StateDirectory(folder.path, logger: log.logger) { _ in
            errno = code
            return -1
        }
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.hasPrefix("warning: the state directory cannot be locked: make sure that no") == true)
    }

    @Test("with a pipe in the place of the lock, or that is itself a pipe, is an error, without waiting")
    func pipes() throws {
        let folder = try TemporaryFolder()
        try #require(mkfifo(folder.path + "/lock", 0o600) == 0)
        let error = #expect(throws: StartupError.self) { try StateDirectory(folder.path, logger: log.logger) }
        #expect(error?.description.contains("is a pipe, a socket or a device") == true)
        let directory = #expect(throws: StartupError.self) {
            try StateDirectory(folder.path + "/lock", logger: log.logger)
        }
        #expect(directory?.description.contains("is not a directory") == true)
    }
}
