import Foundation
import TestSupport
import Testing

@testable import Ledger

@Suite("The log of a verification")
struct VerificationLogTests {
    private static func read(_ chunks: String...) -> VerificationLog {
        var log = VerificationLog()
        for chunk in chunks { log.append(chunk) }
        log.finish()
        return log
    }

    @Test("tells of the documented lines how many messages were verified, and of no damage")
    func documented() {
        let log = Self.read(
            "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n",
            "  400 messages verified...\r\n", "  800 messages verified...\r\n")
        #expect(log.lineCount == 4)
        #expect(log.messagesVerified == 800)
        #expect(log.errorLines == 0)
        #expect(log.lastLine == "800 messages verified...")
    }

    @Test("is read in any language", arguments: ["  1200 Nachrichten geprüft...\r\n", "1200 messages vérifiés…\n"])
    func localised(line: String) {
        let log = Self.read(line)
        #expect(log.messagesVerified == 1200)
        #expect(log.errorLines == 0)
    }

    @Test(
        "tells a number of messages only where a line of progress begins with one",
        arguments: [
            ("1,234,567 messages verified...", 1_234_567), ("1.234 Nachrichten geprüft...", 1234),
            ("Verifying file group #11...", nil), ("400 messages verified", nil), ("40 errors found.", nil),
            ("... messages verified...", nil), ("...", nil),
            ("99999999999999999999 messages verified...", nil), ("７ messages verified...", nil),
        ] as [(String, Int64?)])
    func messages(line: String, count: Int64?) {
        #expect(VerificationLog.messages(in: line) == count)
    }

    @Test(
        "holds lines that look like damage",
        arguments: [
            "40 errors have been found (see above).", "  Error: message #5 is damaged.", "10 errors", "1 ERROR",
            "40 Fehler wurden gefunden (siehe oben).", "  Nachricht #5 ist beschädigt.", "BESCHÄDIGT",
            "Checksum mismatch in 00000011.dat", "Message 17 is missing", "File could not be opened",
            "0 errors, 3 messages are missing", "No errors in the index, but the content is corrupt",
            "Die Datei fehlt", "a\u{0}b: error", "Keine Fehler im Index, 2 Nachrichten defekt",
        ])
    func damage(line: String) {
        #expect(Self.read(line + "\r\n").errorLines == 1)
    }

    @Test(
        "holds lines that do not look like damage",
        arguments: [
            "Verifying file group #11...", "Creating a list of messages to be verified...",
            "  400 messages verified...", "0 errors have been found.", "Finished: 0 errors", "No errors found",
            "Completed without errors.", "Keine Fehler gefunden.", "0 Fehler", "Fehlerfrei", "error-free", "",
        ])
    func harmless(line: String) {
        #expect(Self.read(line + "\r\n").errorLines == 0)
    }

    @Test("counts its lines, with either line break, empty ones and a last one without a break")
    func lines() {
        #expect(Self.read("a\r\nb\n\r\n\nc").lineCount == 5)
        #expect(Self.read("a\r\nb\n\r\n\nc").lastLine == "c")
        #expect(Self.read("a\r\n  \r\n").lastLine == "a")
        #expect(Self.read("").lineCount == 0)
        #expect(Self.read("", "").lastLine == nil)
    }

    @Test("an unfinished line counts when it ends, and once")
    func unfinished() {
        var log = VerificationLog()
        log.append("40 err")
        #expect(log.lineCount == 0)
        #expect(log.errorLines == 0)
        log.append("ors found\r")
        #expect(log.errorLines == 0)
        log.append("\n")
        #expect(log.lineCount == 1)
        #expect(log.errorLines == 1)
        log.finish()
        #expect(log.lineCount == 1)
    }

    @Test("of a line without end only the beginning is kept, and the next line is read as ever")
    func endlessLine() throws {
        var log = VerificationLog()
        log.append("Error: ")
        for _ in 0..<1000 { log.append(String(repeating: "ä", count: 1000)) }
        log.append("\n400 messages verified...\n")
        #expect(log.lineCount == 2)
        #expect(log.errorLines == 1)
        #expect(log.messagesVerified == 400)
        var first = VerificationLog()
        first.append(String(repeating: "x", count: 100_000) + "\n")
        #expect(try #require(first.lastLine).utf8.count == VerificationLog.longestLine)
    }
}

@Suite("The log of a verification comes in chunks", .timeLimit(.minutes(1)))
struct VerificationLogChunkTests {
    private static let lines = [
        "Verifying file group #11...", "  400 messages verified...", "  1.200 Nachrichten geprüft...", "",
        "  Error: message #5 is damaged.", "  Nachricht #5 ist beschädigt.", "0 errors have been found.",
        "40 errors have been found (see above).", "日本語の行 👩‍👩‍👧 e\u{301}", "  \u{FEFF}",
        String(repeating: "ü", count: 20_000) + " error", String(repeating: "x", count: 17_000) + "...",
    ]

    /// A log of such lines, some of them without any line break at the end.
    private static func text(_ random: inout SeededRandom) -> String {
        let count = Int.random(in: 0...12, using: &random)
        let chosen = (0..<count).map { _ in
            (lines.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? "\r\n" : "\n")
        }
        return chosen.joined() + (Bool.random(using: &random) ? "the last 3 errors" : "")
    }

    /// Cuts between any two scalars: also within a line break and within what people see as one character.
    private static func chunks(of text: String, _ random: inout SeededRandom) -> [String] {
        let longest = [1, 7, 1000, 100_000].randomElement(using: &random) ?? 1
        var scalars = text.unicodeScalars[...]
        var chunks: [String] = []
        while !scalars.isEmpty {
            let count = Int.random(in: 0...longest, using: &random)
            chunks.append(String(scalars.prefix(count)))
            scalars = scalars.dropFirst(count)
        }
        return chunks
    }

    @Test("that may end anywhere: the counts are the same", arguments: [Int.random(in: 0...Int.max), 1, 2])
    func chunking(seed: Int) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let text = Self.text(&random)
            var whole = VerificationLog()
            whole.append(text)
            var pieces = VerificationLog()
            for chunk in Self.chunks(of: text, &random) { pieces.append(chunk) }
            #expect(pieces == whole)
            whole.finish()
            pieces.finish()
            #expect(pieces == whole)
            let breaks = text.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(whole.lineCount == breaks + (text.utf8.last ?? 10 == 10 ? 0 : 1))
        }
    }

    @Test("and is read on after its state was saved in the middle of a line")
    func saved() throws {
        var log = VerificationLog()
        log.append("400 messages verified...\r\n1 err")
        var restored = try JSONDecoder().decode(VerificationLog.self, from: JSONEncoder().encode(log))
        #expect(restored == log)
        restored.append("or\r\n")
        #expect(restored.errorLines == 1)
        #expect(restored.lineCount == 2)
        #expect(restored.messagesVerified == 400)
    }

    @Test("of many megabytes in all, of which only a line is held")
    func large() throws {
        let chunk = String(
            repeating: "  Filling line of a log that is far longer than any that a store of this size gives.\r\n",
            count: 1000)
        var log = VerificationLog()
        for _ in 0..<100 { log.append(chunk) }
        log.append("  400 mess")
        #expect(log.lineCount == 100_000)
        #expect(log.errorLines == 0)
        #expect(try JSONEncoder().encode(log).count < 1000)
    }
}
