import Foundation
import TestSupport
import Testing

@testable import Collection
@testable import Ledger

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
