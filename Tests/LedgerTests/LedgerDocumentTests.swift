import Foundation
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A ledger as a JSON document", .timeLimit(.minutes(1)))
struct LedgerDocumentTests {
    private func bytes() throws -> Data { try LedgerDocument(LedgerExample.ledger()).bytes() }

    /// What is wrong with a document; `nil` if it can be used.
    private func problem(_ bytes: Data) -> String? {
        do {
            _ = try LedgerDocument.read(bytes)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The document as text, as versions without checksums wrote it.
    private func plainText() throws -> String {
        String(decoding: try bytes(), as: UTF8.self).replacing(/"checksum":"[0-9a-f]{16}",/, with: "")
    }

    @Test("is read as it was written, to the last bit, and says whose it is")
    func roundTrip() throws {
        let key = StateKey("archive", instance: "acme")
        let document = try LedgerDocument.read(try LedgerDocument(LedgerExample.ledger(), of: key).bytes())
        #expect(document.ledger == LedgerExample.ledger())
        #expect(document.target == "archive")
        #expect(document.instance == "acme")
        #expect(try !bytes().contains(UInt8(ascii: "\n")))
    }

    @Test("of any log is read as it was written", arguments: 0..<20)
    func logs(seed: Int) throws {
        var ledger = TargetLedger()
        _ = ledger.profiles.fold(Scenario(seed: seed).server.runs.map { $0.report(action: nil) })
        ledger.profiles.settle(
            before: LedgerExample.time(Double(seed * 20)), success: SuccessRule(includesCompletedWithErrors: true))
        #expect(try LedgerDocument.read(try LedgerDocument(ledger).bytes()).ledger == ledger)
    }

    @Test("that was cut short anywhere, or in which any bit has changed, is damaged")
    func damage() throws {
        let bytes = try bytes()
        for position in bytes.indices {
            #expect(problem(bytes[..<position]) == "it is damaged (not readable as JSON)", "\(position) bytes")
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(problem(changed) != nil, "byte \(position)")
        }
    }

    @Test("that is still valid JSON after a change is damaged, because of the checksum")
    func checksum() throws {
        let text = String(decoding: try bytes(), as: UTF8.self)
        let changed = text.replacing("\"itemsArchived\":12", with: "\"itemsArchived\":13")
        try #require(changed != text)
        #expect(problem(Data(changed.utf8)) == "it is damaged (its checksum does not match its content)")
    }

    @Test("of a version without checksums is read")
    func unchecked() throws {
        let text = try plainText()
        try #require(text.hasPrefix(#"{"ledger":"#))
        #expect(problem(Data(text.utf8)) == nil)
    }

    @Test(
        "with a number that is negative, or at which the next run would overflow, is damaged",
        arguments: [
            ("\"succeeded\":1", "-3"), ("\"itemsArchived\":12", "-3"), ("\"consecutiveFailures\":0", "-3"),
            ("\"succeeded\":1", "9223372036854775807"), ("\"consecutiveFailures\":0", "9223372036854775807"),
        ])
    func impossible(field: String, number: String) throws {
        let text = try plainText()
        let name = String(field.prefix { $0 != ":" })
        let changed = text.replacing(field, with: name + ":" + number)
        try #require(changed != text)
        #expect(problem(Data(changed.utf8)) == "it is damaged (a number in it is impossible)")
    }

    @Test(
        "is damaged for a reason that is said",
        arguments: [
            ("", "not readable as JSON"), ("\0\0\0\0", "not readable as JSON"), ("{}", "version is missing"),
            ("[]", "has the wrong type"), (#"{"version":"1"}"#, "version has the wrong type"),
            (#"{"version":1}"#, "ledger is missing"), (#"{"version":1,"ledger":{}}"#, "jobs is missing"),
            (#"{"version":1,"ledger":{"jobs":7}}"#, "ledger.jobs has the wrong type"),
        ])
    func reasons(text: String, reason: String) {
        #expect(problem(Data(text.utf8))?.contains(reason) == true)
    }

    @Test("of a newer version is told as such, whatever else is in it")
    func newer() {
        let text = #"{"version":7,"books":["of a kind that nobody knows yet"]}"#
        #expect(
            problem(Data(text.utf8)) == "it was written by a newer version of the exporter (format 7; this one knows 1)"
        )
    }

    @Test("with times that no clock shows is read, and they do no harm", arguments: [-1e300, -1e18, 1e18, 1e300])
    func absurdTimes(seconds: Double) throws {
        let now = Timestamp(secondsSince1970: 1_767_571_200.75)
        let text = try plainText()
        let changed = text.replacing("\"watermark\":1767571200", with: "\"watermark\":\(seconds)")
        try #require(changed != text)
        var ledger = try LedgerDocument.read(Data(changed.utf8)).ledger
        let window = ledger.jobs.plan.window(at: now, reach: LedgerExample.reach).window
        #expect(window.start <= now && now < window.end)
        ledger.jobs.plan.wasRead(window, at: now)
        ledger.jobs.plan.moveHorizon(reach: LedgerExample.reach, notAfter: now)
        #expect(ledger.jobs.plan.watermark == now)
    }
}
