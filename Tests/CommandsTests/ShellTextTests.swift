import TestSupport
import Testing

@testable import Commands
@testable import PlainText

@Suite("Words for a shell")
struct ShellTextTests {
    @Test(
        "a word means itself when it is pasted",
        arguments: [
            ("--config.file", "--config.file"), ("sha256//a+b=", "sha256//a+b="), ("", "''"), ("a b", "'a b'"),
            ("it's", #"'it'\''s'"#), ("$(rm)", "'$(rm)'"), ("é", "'é'"), ("a;b", "'a;b'"), ("~", "'~'"),
        ])
    func quoting(word: String, expected: String) {
        #expect(ShellText(word).description == expected)
    }
}
