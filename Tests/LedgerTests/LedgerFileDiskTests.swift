import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A state file on a disk that refuses it")
struct LedgerFileDiskTests {
    private let now = Timestamp(secondsSince1970: 1_767_571_200)

    @Test("a full disk: the error names the remedy, the old state is whole, and saving works again later")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        // The device that is always full, where the new state is about to be written.
        try FileManager.default.createSymbolicLink(atPath: file.path + ".new", withDestinationPath: "/dev/full")

        let error = #expect(throws: LedgerFileError.self) { try file.save(TargetLedger()) }
        #expect(
            error?.description
                == "\(file.path).new cannot be written: No space left on device; free space on that file system; "
                + "counting goes on in memory meanwhile")
        guard case .ledger(let old) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(old == LedgerExample.ledger())

        try file.save(TargetLedger())
        guard case .ledger(TargetLedger()) = try file.load(now: now) else {
            Issue.record("not saved")
            return
        }
    }

    @Test("a directory that is missing is named, with what to do")
    func missingDirectory() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path + "/gone", target: "archive")
        let error = #expect(throws: LedgerFileError.self) { try file.save(TargetLedger()) }
        #expect(
            error?.description
                == "\(file.path).new cannot be opened for writing: No such file or directory; create the state "
                + "directory, or name another with --state.directory")
    }

    @Test("a directory that the exporter's user may not write to is named, with what to do")
    func forbiddenDirectory() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        let error = try OrdinaryUser.run {
            #expect(throws: LedgerFileError.self) { try file.save(TargetLedger()) }
        }
        #expect(
            error?.description
                == "\(file.path).new cannot be opened for writing: Permission denied; let the exporter's user write to "
                + "the state directory")
        guard case .ledger(let old) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(old == LedgerExample.ledger())
    }

    @Test("a file that cannot be read stops the start and is left as it is: it must not be overwritten")
    func unreadableFile() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        let bytes = FileManager.default.contents(atPath: file.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: file.path)
        let error = try OrdinaryUser.run {
            #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        }
        #expect(
            error?.description == "the state file \(file.path) cannot be read (Permission denied): let the exporter's "
                + "user read and write it, or move it away to start counting anew")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(FileManager.default.contents(atPath: file.path) == bytes)
    }

    @Test("a damaged file that cannot be put aside stops the start")
    func cannotBePutAside() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        _ = try folder.write("rubbish", to: "archive.ledger.json", mode: 0o644)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        let error = try OrdinaryUser.run {
            #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        }
        #expect(error?.description.contains("cannot be put aside") == true)
        #expect(error?.description.contains("move it away by hand") == true)
        #expect(FileManager.default.contents(atPath: file.path) == Data("rubbish".utf8))
    }

    @Test("a directory in the file's place is no file, and says so")
    func directoryInPlace() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try FileManager.default.createDirectory(atPath: file.path, withIntermediateDirectories: false)
        let error = #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        #expect(error?.description.contains("cannot be read (Is a directory)") == true)
        #expect(throws: LedgerFileError.self) { try file.save(TargetLedger()) }
    }

    @Test("a state directory that is a file says so")
    func directoryIsFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("", to: "state")
        let file = LedgerFile(directory: path, target: "archive")
        let error = #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        #expect(error?.description.contains("Not a directory") == true)
    }
}
