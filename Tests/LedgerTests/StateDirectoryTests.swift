import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("The state directory", .timeLimit(.minutes(1)))
struct StateDirectoryTests {
    private let log = RecordingLog()

    @Test("that is removed while the program runs is created and locked again, and the state is written again")
    func removed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a/state"
        let directory = try StateDirectory(path, logger: log.logger)
        let database = try StateDatabase(
            in: path, owner: directory, clock: ManualTime().clock, logger: log.logger, writer: WorkerThread())
        _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        try FileManager.default.removeItem(atPath: folder.path + "/a")
        for _ in 1...2 { _ = try database.saveNow(LedgerExample.ledger(), of: LedgerExample.key) }
        #expect(log.lines.count == 2)
        #expect(
            log.lines.first?.hasPrefix("error: the state directory was removed while the exporter runs: it was") == true
        )
        #expect(log.lines.last?.hasPrefix("error: the state database was removed while the exporter runs") == true)
        #expect(try LedgerExample.saved(in: path) == LedgerExample.ledger())
        let error = #expect(throws: StartupError.self) { try StateDirectory(path, logger: log.logger) }
        #expect(error?.description.contains("another exporter (process \(getpid())) uses the state directory") == true)
    }

    @Test("that the exporter's user may not write to is named, with what to do, and the state is as it was")
    func forbidden() throws {
        let folder = try TemporaryFolder()
        _ = try LedgerExample.database(in: folder.path).saveNow(LedgerExample.ledger(), of: LedgerExample.key)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        let error = try OrdinaryUser.run {
            #expect(throws: StateError.self) { try LedgerExample.database(in: folder.path) }
        }
        #expect(error?.description.contains("Permission denied") == true)
        #expect(error?.description.contains("let the exporter's user") == true)
        // A reader needs no more than to read.
        #expect(try LedgerExample.saved(in: folder.path) == LedgerExample.ledger())
    }

    @Test("that is missing is named, with what to do")
    func missing() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: StateError.self) { try LedgerExample.database(in: folder.path + "/gone") }
        #expect(
            error?.description
                == "\(folder.path)/gone/state.db cannot be created: No such file or directory; create the state "
                + "directory, or name another with --state.directory")
        #expect(try LedgerExample.saved(in: folder.path + "/gone") == nil)
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
