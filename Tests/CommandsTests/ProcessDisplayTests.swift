import TestSupport
import Testing

@testable import Commands
@testable import PlainText

@Suite("The progress of a process")
struct ProcessDisplayTests {
    private static func view(_ log: String = "", progress: Double? = nil, status: String? = nil) -> ProcessView {
        var view = ProcessView(title: "VerifyStore", progress: progress, statusText: status)
        view.log.append(log)
        return view
    }

    @Test("the line tells how far it is by percent, else by messages, else by the server's words")
    func achievement() {
        let log = "Verifying file group #11...\r\n  96000 messages verified...\r\n"
        let elapsed = Duration.seconds(3725)
        #expect(
            Self.view(log, progress: 0.129).line(elapsed: elapsed)
                == "VerifyStore: 12 %  1:02:05  96000 messages verified...")
        #expect(
            Self.view(log).line(elapsed: elapsed)
                == "VerifyStore: 96,000 messages verified  1:02:05  96000 messages verified...")
        #expect(Self.view(status: "Waiting").line(elapsed: .zero) == "VerifyStore: Waiting  0:00:00")
        #expect(Self.view().line(elapsed: .seconds(59)) == "VerifyStore: running  0:00:59")
    }

    @Test("the line never takes more columns than there are", arguments: 0...60)
    func width(columns: Int) {
        let line = Self.view("Prüfe Köln 田中 優子 👩‍👩‍👧 e\u{301}nde\r\n").line(elapsed: .zero, columns: columns)
        #expect(TerminalText.width(line) <= columns)
        if columns > 0 { #expect(!line.isEmpty) }
    }

    @Test(
        "text is cut where it does not fit, wide characters whole",
        arguments: [
            ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("田中", 4, "田中"), ("田中", 3, "田…"), ("田中", 2, "…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("abc", 0, ""), ("", 0, ""),
        ])
    func cut(text: String, columns: Int, expected: String) {
        #expect(TerminalText.cut(text, to: columns) == expected)
    }

    @Test("a log line cannot steer the terminal")
    func hostileLog() {
        let line = Self.view("\u{1B}[2Jevil\u{9B}31m\u{202E}txt\r\n").line(elapsed: .zero)
        #expect(line.hasSuffix(" [2Jevil 31mtxt"))
    }

    @Test("a terminal's line is redrawn in its place, narrower than the window, and erased in the end")
    func live() {
        var display = LiveDisplay()
        #expect(display.tick(Self.view(), elapsed: .milliseconds(100), columns: 80) == "")
        #expect(display.clear() == "")
        #expect(
            display.tick(Self.view(), elapsed: .seconds(1), columns: 80)
                == "\r\u{1B}[?7lVerifyStore: running  0:00:01\u{1B}[K\u{1B}[?7h")
        #expect(display.tick(Self.view(), elapsed: .seconds(1), columns: 80) == "")
        #expect(
            display.tick(Self.view(), elapsed: .seconds(2), columns: 10)
                == "\r\u{1B}[?7lVerifySt…\u{1B}[K\u{1B}[?7h")
        #expect(display.clear() == "\r\u{1B}[K")
        #expect(display.clear() == "")
    }

    @Test("on a terminal only lines that look like damage stay, and not too many of them")
    func damage() {
        var display = LiveDisplay()
        #expect(display.log("  400 messages verified...", looksLikeDamage: false) == "")
        _ = display.tick(Self.view(), elapsed: .seconds(1), columns: 80)
        #expect(display.log("  Error: message #5", looksLikeDamage: true) == "\r\u{1B}[K  Error: message #5\n")
        let rest = (0..<100).map { _ in display.log("Error", looksLikeDamage: true) }.filter { !$0.isEmpty }
        #expect(rest.count == LiveDisplay.damageLimit)
        #expect(rest.last == "  (more such lines follow)\n")
    }

    @Test("without a terminal lines come as they are, and a status after 30 s without any")
    func plain() {
        var display = PlainDisplay()
        let tick = { (display: inout PlainDisplay, seconds: Int64) in
            display.tick(Self.view(), elapsed: .seconds(seconds), columns: .max)
        }
        #expect(display.log("line", looksLikeDamage: false) == "line\n")
        #expect(tick(&display, 5) == "")
        #expect(tick(&display, 34) == "")
        #expect(tick(&display, 35) == "VerifyStore: running  0:00:35\n")
        #expect(tick(&display, 64) == "")
        #expect(tick(&display, 65) == "VerifyStore: running  0:01:05\n")
        #expect(display.note("note") == "note\n")
        #expect(tick(&display, 94) == "")
        #expect(tick(&display, 123) == "")
        #expect(tick(&display, 124) == "VerifyStore: running  0:02:04\n")
        #expect(display.clear() == "")
    }

    @Test(
        "lines are put together from chunks, whatever the cuts",
        arguments: [["a\r\nb\n", "c"], ["a\r", "\nb", "\nc"], ["", "a\r\n", "b\r\nc"]])
    func splitter(chunks: [String]) {
        var splitter = LogSplitter()
        var lines = chunks.flatMap { splitter.lines(of: $0) }
        if let last = splitter.finish() { lines.append(last) }
        #expect(lines == ["a", "b", "c"])
        #expect(splitter.finish() == nil)
    }

    @Test("a line without end does not pile up")
    func endlessLine() {
        var splitter = LogSplitter()
        for _ in 0..<100 { #expect(splitter.lines(of: String(repeating: "x", count: 1000)).isEmpty) }
        #expect(splitter.finish()?.utf8.count == LogSplitter.longestLine)
    }
}

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
