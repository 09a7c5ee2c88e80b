import Foundation
import Testing

@testable import PlainText

@Suite("Text that is safe where it appears")
struct SafeTextTests {
    @Test(
        "a word means itself when it is pasted into a shell",
        arguments: [
            ("--config.file", "--config.file"), ("sha256//a+b=", "sha256//a+b="), ("", "''"), ("a b", "'a b'"),
            ("it's", #"'it'\''s'"#), ("$(rm)", "'$(rm)'"), ("é", "'é'"), ("a;b", "'a;b'"), ("~", "'~'"),
        ])
    func shell(word: String, expected: String) {
        #expect(ShellText(word).description == expected)
    }

    @Test("a quote under a combining mark does not end the quotes of a shell's word")
    func combinedQuote() {
        #expect(Array(ShellText("'\u{301};id").description.unicodeScalars) == Array("''\\''\u{301};id'".unicodeScalars))
    }

    @Test(
        "a line on a terminal stays a line in its own direction",
        arguments: [
            ("\u{1B}[2Jgone", " [2Jgone"), ("one\r\ntwo", "one  two"), ("\u{202E}txt.exe", "txt.exe"),
            ("a\u{2028}b\u{85}c", "a b c"), ("\u{FEFF}a\u{AD}b", "ab"), ("Müller 👩‍👩‍👧", "Müller 👩‍👩‍👧"),
        ])
    func terminal(text: String, expected: String) {
        #expect(TerminalText.line(text) == expected)
        #expect(TerminalText.clean(text) == expected)
    }

    @Test("a quoted text shows what would reverse the direction of the message")
    func reversed() {
        #expect(QuotedText("a\u{202E}b").description == #""a\u{202E}b""#)
    }

    @Test("a JSON string reads back equal and holds no control character", arguments: ["\"\\\r\n\t\u{0}\u{9B}\u{7F}é👍"])
    func json(text: String) throws {
        let written = JSONText(text).description
        #expect(try JSONDecoder().decode(String.self, from: Data(written.utf8)) == text)
        #expect(written.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
}
