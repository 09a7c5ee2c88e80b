import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A state file that cannot be used is put aside")
struct LedgerFileDamageTests {
    private let now = Timestamp(secondsSince1970: 1_767_571_200.75)

    /// Loads a file of these bytes, expects it to be put aside whole, and answers the reason.
    private func reasonForPuttingAside(
        _ bytes: [UInt8], suffix: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let folder = try MemoryFolder()
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
        let folder = try MemoryFolder()
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

    @Test("a file with any byte changed is loaded or put aside, and never the end of the program")
    func changedBytes() throws {
        let bytes = try goodBytes()
        var random = SeededRandom(seed: 1)
        let folder = try MemoryFolder()
        let file = LedgerFile(directory: folder.path, target: "archive")
        for position in bytes.indices {
            var changed = bytes
            changed[position] = UInt8.random(in: 0...255, using: &random)
            try Data(changed).write(to: URL(fileURLWithPath: file.path))
            switch try file.load(now: now) {
            case .nothing: Issue.record("a file was overlooked")
            case .ledger: break
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
