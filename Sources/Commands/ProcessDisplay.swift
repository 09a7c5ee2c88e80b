import Ledger
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

/// What is known of a call or a process at a moment, as it is shown.
struct ProcessView: Sendable {
    /// The function, or what stands for it where only a token is known.
    var title: String
    /// Above 0, up to 1; `nil` where the server does not say.
    var progress: Double?
    var statusText: String?
    var log = VerificationLog()

    /// How far it is, in few words.
    var achievement: String {
        if let progress { return "\(Int(progress * 100)) %" }
        if let count = log.messagesVerified { return "\(Grouped(count)) messages verified" }
        return statusText.map(ScreenText.line) ?? "running"
    }

    /// One line of at most `columns` columns: how far, how long, and what was logged last.
    func line(elapsed: Duration, columns: Int = .max) -> String {
        let last = log.lastLine.map { "  " + ScreenText.line($0) } ?? ""
        return ScreenText.cut("\(title): \(achievement)  \(ClockText(elapsed))\(last)", to: columns)
    }
}

/// A length of time as a clock shows it: `0:03:25`.
struct ClockText: CustomStringConvertible {
    let description: String

    init(_ duration: Duration) {
        let seconds = max(0, duration.components.seconds)
        let digits = { (number: Int64) in (number < 10 ? "0" : "") + String(number) }
        description = "\(seconds / 3600):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))"
    }
}

/// A whole number with its thousands set apart: `96,112`.
struct Grouped: CustomStringConvertible {
    let description: String

    init(_ number: Int64) {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        description = (number < 0 ? "-" : "") + text
    }
}

/// Cuts a log that comes in chunks into its lines.
struct LogSplitter {
    /// The longest line that is shown, in bytes; the rest of a longer one is passed over.
    static let longestLine = 4096

    private var partial: [UInt8] = []

    /// The lines that the chunk completes, without their ends.
    mutating func lines(of chunk: String) -> [String] {
        var chunk = chunk
        var lines: [String] = []
        chunk.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
                let piece = bytes[start..<(end ?? bytes.count)]
                partial.append(contentsOf: piece.prefix(max(0, Self.longestLine - partial.count)))
                guard let end else { return }
                lines.append(takeLine())
                start = end + 1
            }
        }
        return lines
    }

    /// The last line, where no line break followed it.
    mutating func finish() -> String? {
        partial.isEmpty ? nil : takeLine()
    }

    private mutating func takeLine() -> String {
        if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
        defer { partial.removeAll(keepingCapacity: true) }
        return String(decoding: partial, as: UTF8.self)
    }
}
