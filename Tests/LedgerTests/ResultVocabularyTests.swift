import TestSupport
import Testing

@testable import Ledger

@Suite("Result words, known and invented")
struct ResultVocabularyTests {
    @Test(
        "known words are found however they are written",
        arguments: [
            ("succeeded", "succeeded"), ("SUCCEEDED", "succeeded"),
            ("Completed with warnings", "completedWithWarnings"),
            ("COMPLETED_WITH_ERRORS", "completedWithErrors"), ("completedwitherrors", "completedWithErrors"),
            ("threadabort", "threadAbort"), ("Thread-Abort", "threadAbort"), (" failed\r\n", "failed"),
            ("canceled", "cancelled"), ("Canceled", "cancelled"), ("CANCELLED", "cancelled"),
            ("disconnected", "disconnected"),
        ])
    func known(raw: String, word: String) {
        var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
        #expect(vocabulary.admit(raw) == (word, true))
        #expect(vocabulary.invented.isEmpty)
    }

    @Test(
        "unknown words are shown in lower camel case",
        arguments: [
            ("partially done", "partiallyDone"), ("PartiallyDone", "partiallyDone"), ("half-done!", "halfDone"),
            ("404", "404"), ("übersprungen", "übersprungen"), ("Über sprungen", "überSprungen"),
            ("💥 boom 💥", "boom"), ("完了", "完了"), ("a\"b\\c\nd", "aBCD"), ("…", "unknown"), ("", "unknown"),
            ("💥", "unknown"), ("\u{0}\u{FEFF}", "unknown"), ("other", "other"),
        ])
    func unknown(raw: String, word: String) {
        var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
        #expect(vocabulary.admit(raw) == (word, false))
        #expect(vocabulary.admit(raw) == (word, false))
        #expect(vocabulary.invented == [word])
    }

    @Test("no word at all is unknown")
    func missing() {
        var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
        #expect(vocabulary.admit(nil) == ("unknown", false))
    }

    @Test("cancelled has two spellings only where it is known")
    func cancelledElsewhere() {
        var vocabulary = ResultVocabulary(known: ["current", "normal"])
        #expect(vocabulary.admit("canceled") == ("canceled", false))
    }

    @Test(
        "a word is at most 64 characters long, marks included",
        arguments: [
            String(repeating: "x", count: 100_000), String(repeating: "ab ", count: 1000),
            "e" + String(repeating: "\u{301}", count: 10_000), String(repeating: "👨‍👩‍👧", count: 500) + "w",
            String(repeating: "ß", count: 64),
        ])
    func long(raw: String) {
        let word = ResultVocabulary.normalized(raw)
        #expect((1...64).contains(word.unicodeScalars.count))
    }

    @Test("after 32 distinct words, known ones included, further ones are other; those that were met stay")
    func limit() {
        var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
        let room = 32 - ResultVocabulary.runs.count
        for number in 0..<room { #expect(vocabulary.admit("word\(number)") == ("word\(number)", false)) }
        #expect(vocabulary.admit("one too many") == ("other", false))
        #expect(vocabulary.admit("word0") == ("word0", false))
        #expect(vocabulary.admit("Failed") == ("failed", true))
        #expect(vocabulary.invented.count == room)
    }

    @Test("runs that are met again use up no room for words")
    func repetition() {
        var outcomes = OutcomeLedger()
        let report = LedgerExample.report(of: "1", LedgerExample.run("1", completed: 1), raw: "new")
        var again = report
        again.result = "newer"
        let folded = [outcomes.fold([report]), outcomes.fold([again, report])]
        #expect(folded.map(\.unknownResults) == [1, 0])
        #expect(outcomes.vocabulary.invented == ["new"])
    }
}
