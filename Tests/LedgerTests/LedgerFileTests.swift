import Foundation
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
        let folder = try MemoryFolder()
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
