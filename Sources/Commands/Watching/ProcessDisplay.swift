import PlainText

/// Shows a process while it runs; each method returns what is to be written.
protocol ProcessDisplay: Sendable {
    /// A line of the log has come.
    mutating func log(_ line: String, looksLikeDamage: Bool) -> String
    /// Something that stays to be read.
    mutating func note(_ text: String) -> String
    /// Time has passed: called several times a second.
    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String
    /// Nothing more is shown until the next ``tick(_:elapsed:columns:)``: clears the way for other text.
    mutating func clear() -> String
}

/// For terminals: one line that is drawn over and over, and gone in the end.
struct LiveDisplay: ProcessDisplay {
    /// The most lines that look like damage that are shown; a ruined store has millions.
    static let mostDamage = 20
    /// Quick answers are not worth a line that flashes.
    static let patience = Duration.milliseconds(500)

    private static let erase = "\r\u{1B}[K"
    private var drawn: String?
    private var damageShown = 0

    mutating func log(_ line: String, looksLikeDamage: Bool) -> String {
        guard looksLikeDamage, damageShown <= Self.mostDamage else { return "" }
        damageShown += 1
        return note(damageShown > Self.mostDamage ? "  (more such lines follow)" : ScreenText.line(line))
    }

    mutating func note(_ text: String) -> String {
        clear() + text + "\n"
    }

    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String {
        guard elapsed >= Self.patience else { return "" }
        let line = view.line(elapsed: elapsed, columns: columns - 1)
        guard line != drawn else { return "" }
        drawn = line
        // Without wrapping a line that is wider than thought, or than the window has become, stays one line.
        return "\r\u{1B}[?7l" + line + "\u{1B}[K\u{1B}[?7h"
    }

    mutating func clear() -> String {
        guard drawn != nil else { return "" }
        drawn = nil
        return Self.erase
    }
}

/// For files, pipes and journals: the log as it comes, and a sign of life where nothing comes.
struct PlainDisplay: ProcessDisplay {
    static let longestSilence = Duration.seconds(30)

    private var hasNews = false
    private var lastNews = Duration.zero

    mutating func log(_ line: String, looksLikeDamage: Bool) -> String {
        note(ScreenText.line(line))
    }

    mutating func note(_ text: String) -> String {
        hasNews = true
        return text + "\n"
    }

    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String {
        if hasNews {
            hasNews = false
            lastNews = elapsed
        }
        guard elapsed - lastNews >= Self.longestSilence else { return "" }
        lastNews = elapsed
        return view.line(elapsed: elapsed) + "\n"
    }

    mutating func clear() -> String { "" }
}
