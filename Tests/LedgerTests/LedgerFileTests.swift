import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("The state file")
struct LedgerFileTests {
    private let now = Timestamp(secondsSince1970: 1_767_571_200.75)

    @Test("what was saved is loaded again, to the last bit")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        let ledger = LedgerExample.ledger()
        try file.save(ledger)
        guard case .ledger(let loaded) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(loaded == ledger)
    }

    @Test("a ledger of any log survives the file", arguments: 0..<20)
    func roundTripOfLogs(seed: Int) throws {
        let folder = try TemporaryFolder(inMemory: true)
        let file = LedgerFile(directory: folder.path, target: "archive")
        var ledger = TargetLedger()
        _ = ledger.profiles.fold(Scenario(seed: seed).server.runs.map { $0.report(action: nil) })
        ledger.profiles.settle(
            before: LedgerExample.time(Double(seed * 20)), success: SuccessRule(includesCompletedWithErrors: true))
        try file.save(ledger)
        guard case .ledger(let loaded) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(loaded == ledger)
    }

    @Test("a later state takes the place of the earlier one, and nothing is left beside it")
    func replaces() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        try file.save(TargetLedger())
        guard case .ledger(let loaded) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(loaded == TargetLedger())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["archive.ledger.json"])
    }

    @Test("where there is no file, there is nothing, and nothing is made")
    func missing() throws {
        let folder = try TemporaryFolder()
        guard case .nothing = try LedgerFile(directory: folder.path, target: "archive").load(now: now) else {
            Issue.record("something was found")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("a half-written new state that a crash left behind is not looked at, and is written over")
    func strayNewFile() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        _ = try folder.write("{\"ledger\":{", to: "archive.ledger.json.new")
        guard case .ledger(let loaded) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        #expect(loaded == LedgerExample.ledger())
        try file.save(loaded)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["archive.ledger.json"])
    }

    @Test("only the exporter's user can read and write it")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("two targets have two files")
    func paths() {
        #expect(LedgerFile(directory: "/state", target: "a").path == "/state/a.ledger.json")
        #expect(LedgerFile(directory: "/state", target: "b").path == "/state/b.ledger.json")
    }
}

@Suite("A state file that cannot be used is put aside")
struct LedgerFileDamageTests {
    private let now = Timestamp(secondsSince1970: 1_767_571_200.75)

    /// Loads a file of these bytes, expects it to be put aside whole, and answers the reason.
    private func reasonForPuttingAside(
        _ bytes: [UInt8], suffix: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let folder = try TemporaryFolder(inMemory: true)
        let file = LedgerFile(directory: folder.path, target: "archive")
        try Data(bytes).write(to: URL(fileURLWithPath: file.path))
        guard case .putAside(let reason, let path) = try file.load(now: now) else {
            Issue.record("not put aside", sourceLocation: sourceLocation)
            return ""
        }
        #expect(path == "\(file.path).\(suffix)-1767571200", sourceLocation: sourceLocation)
        #expect(FileManager.default.contents(atPath: path) == Data(bytes), sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: file.path), sourceLocation: sourceLocation)
        return reason
    }

    /// The bytes of a file that can be used.
    private func goodBytes() throws -> [UInt8] {
        let folder = try TemporaryFolder(inMemory: true)
        let file = LedgerFile(directory: folder.path, target: "archive")
        try file.save(LedgerExample.ledger())
        return Array(try #require(FileManager.default.contents(atPath: file.path)))
    }

    @Test("a file that was cut short anywhere is put aside as it is")
    func truncated() throws {
        let bytes = try goodBytes()
        for length in 0..<bytes.count {
            let reason = try reasonForPuttingAside(Array(bytes[..<length]), suffix: "corrupt")
            #expect(reason == "it is damaged (not readable as JSON)", "\(length) bytes")
        }
    }

    @Test("a file with any byte changed is put aside, and never the end of the program")
    func changedBytes() throws {
        let bytes = try goodBytes()
        var random = SeededRandom(seed: 1)
        let folder = try TemporaryFolder(inMemory: true)
        let file = LedgerFile(directory: folder.path, target: "archive")
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= UInt8.random(in: 1...255, using: &random)
            try Data(changed).write(to: URL(fileURLWithPath: file.path))
            switch try file.load(now: now) {
            case .nothing: Issue.record("a file was overlooked")
            case .ledger: Issue.record("the damage at byte \(position) was overlooked")
            case .putAside(_, let path):
                #expect(FileManager.default.contents(atPath: path) == Data(changed))
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test(
        "the reason names what is wrong",
        arguments: [
            ("", "not readable as JSON"), ("\0\0\0\0", "not readable as JSON"), ("{}", "version is missing"),
            ("[]", "has the wrong type"), (#"{"version":"1"}"#, "version has the wrong type"),
            (#"{"version":1}"#, "ledger is missing"), (#"{"version":1,"ledger":{}}"#, "jobs is missing"),
            (#"{"version":1,"ledger":{"jobs":7}}"#, "ledger.jobs has the wrong type"),
        ])
    func reasons(text: String, reason: String) throws {
        #expect(try reasonForPuttingAside(Array(text.utf8), suffix: "corrupt").contains(reason))
    }

    @Test("a file of a newer version is put aside as such, whatever else is in it")
    func newerVersion() throws {
        let reason = try reasonForPuttingAside(
            Array(#"{"version":7,"books":["of a kind that nobody knows yet"]}"#.utf8), suffix: "version-7")
        #expect(reason.contains("newer version of the exporter (format 7; this one knows 1)"))
    }

    @Test("after that, counting starts anew in a new file, beside the old one")
    func countingStartsAnew() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        _ = try folder.write("rubbish", to: "archive.ledger.json")
        _ = try file.load(now: now)
        try file.save(TargetLedger())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["archive.ledger.json", "archive.ledger.json.corrupt-1767571200"])
    }

    @Test("a file that was put aside is never overwritten by the next one")
    func secondDamage() throws {
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        let aside = try folder.write("first", to: "archive.ledger.json.corrupt-1767571200")
        _ = try folder.write("second", to: "archive.ledger.json")
        let error = #expect(throws: LedgerFileError.self) { try file.load(now: now) }
        #expect(error?.description.contains("move it away by hand") == true)
        #expect(FileManager.default.contents(atPath: aside) == Data("first".utf8))
        #expect(FileManager.default.contents(atPath: file.path) == Data("second".utf8))
    }

    @Test("numbers that no clock shows are read, and do no harm", arguments: [-1e300, -1e18, 1e18, 1e300])
    func absurdTimes(seconds: Double) throws {
        let text = String(decoding: try goodBytes(), as: UTF8.self)
            .replacing(/"checksum":"[0-9a-f]{16}",/, with: "")
        let changed = text.replacing("\"watermark\":1767571200", with: "\"watermark\":\(seconds)")
        try #require(changed != text)
        let folder = try TemporaryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        _ = try folder.write(changed, to: "archive.ledger.json")
        guard case .ledger(var ledger) = try file.load(now: now) else {
            Issue.record("no ledger")
            return
        }
        let window = ledger.jobs.plan.window(at: now, reach: LedgerExample.reach).window
        #expect(window.start <= now && now < window.end)
        ledger.jobs.plan.wasRead(window, at: now)
        ledger.jobs.plan.moveHorizon(reach: LedgerExample.reach, notAfter: now)
        #expect(ledger.jobs.plan.watermark == now)
    }
}

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
                + "counting continues in memory")
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
                + "user read and write it, or move it away to start counting again")
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
        #expect(error?.description.contains("cannot be renamed") == true)
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

/// Runs something without the rights of root, whom no permission keeps out of a file.
enum OrdinaryUser {
    private typealias SetUser = @convention(c) (uid_t) -> CInt

    /// Linux keeps the user that file systems ask for with each thread: other threads go on as root.
    static func run<Value>(_ body: () throws -> Value) throws -> Value {
        guard geteuid() == 0 else { return try body() }
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setFileSystemUser = unsafeBitCast(symbol, to: SetUser.self)
        let nobody: uid_t = 65_534
        _ = setFileSystemUser(nobody)
        defer { _ = setFileSystemUser(0) }
        // The call tells the user before it, and no error: asked again, it tells whether it took.
        try #require(setFileSystemUser(nobody) == CInt(nobody))
        return try body()
    }
}
