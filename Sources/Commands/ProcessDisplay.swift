import Ledger
import PlainText

/// Shows the progress of a process; each method returns the text to write.
protocol ProcessDisplay: Sendable {
    /// A line of the log has arrived.
    mutating func log(_ line: String, looksLikeDamage: Bool) -> String
    /// A message that stays on the screen.
    mutating func note(_ text: String) -> String
    /// Called several times a second.
    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String
    /// Erases the progress line until the next ``tick(_:elapsed:columns:)``, so that other text can be written.
    mutating func clear() -> String
}

/// For terminals: one line that is redrawn in place and erased at the end.
struct LiveDisplay: ProcessDisplay {
    /// The most log lines to show because they look like damage; a damaged store may have millions.
    static let damageLimit = 20
    /// The delay before the progress line appears, so that short calls show none.
    private static let delay = Duration.milliseconds(500)

    private var drawn: String?
    private var damageShown = 0

    mutating func log(_ line: String, looksLikeDamage: Bool) -> String {
        guard looksLikeDamage, damageShown <= Self.damageLimit else { return "" }
        damageShown += 1
        return note(damageShown > Self.damageLimit ? "  (more such lines follow)" : TerminalText.line(line))
    }

    mutating func note(_ text: String) -> String {
        clear() + text + "\n"
    }

    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String {
        guard elapsed >= Self.delay else { return "" }
        let line = view.line(elapsed: elapsed, columns: columns - 1)
        guard line != drawn else { return "" }
        drawn = line
        return Console.statusLine(line)
    }

    mutating func clear() -> String {
        guard drawn != nil else { return "" }
        drawn = nil
        return Console.statusLine(nil)
    }
}

/// For files, pipes and journals: the log as it arrives, and a status line after a long silence.
struct PlainDisplay: ProcessDisplay {
    private static let longestSilence = Duration.seconds(30)

    private var hasWritten = false
    private var lastOutput = Duration.zero

    mutating func log(_ line: String, looksLikeDamage: Bool) -> String {
        note(TerminalText.line(line))
    }

    mutating func note(_ text: String) -> String {
        hasWritten = true
        return text + "\n"
    }

    mutating func tick(_ view: ProcessView, elapsed: Duration, columns: Int) -> String {
        if hasWritten {
            hasWritten = false
            lastOutput = elapsed
        }
        guard elapsed - lastOutput >= Self.longestSilence else { return "" }
        lastOutput = elapsed
        return view.line(elapsed: elapsed) + "\n"
    }

    mutating func clear() -> String { "" }
}

/// The displayed state of a call or a process.
struct ProcessView: Sendable {
    /// The function, or the token if only that is known.
    var title: String
    /// Above 0, up to 1; `nil` if the server reports no progress.
    var progress: Double?
    var statusText: String?
    var log = VerificationLog()

    /// The progress, in a few words.
    private var status: String {
        if let progress { return "\(Int(progress * 100)) %" }
        if let count = log.messagesVerified { return "\(Grouped(count)) message\(count == 1 ? "" : "s") verified" }
        return statusText.map(TerminalText.line) ?? "running"
    }

    /// One line of at most `columns` columns: progress, elapsed time and the last line of the log.
    func line(elapsed: Duration, columns: Int = .max) -> String {
        let last = log.lastLine.map { "  " + TerminalText.line($0) } ?? ""
        return TerminalText.cut("\(title): \(status)  \(ClockText(elapsed))\(last)", to: columns)
    }
}

/// A duration in hours, minutes and seconds: `0:03:25`.
struct ClockText: CustomStringConvertible {
    let description: String

    init(_ duration: Duration) {
        let seconds = max(0, duration.components.seconds)
        let digits = { (number: Int64) in (number < 10 ? "0" : "") + String(number) }
        description = "\(seconds / 3600):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))"
    }
}

/// A whole number with thousands separators: `96,112`.
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

/// Splits a log that arrives in chunks into lines.
struct LogSplitter {
    /// The longest line to show, in bytes; the rest of a longer line is dropped.
    static let longestLine = 4096

    private var partial: [UInt8] = []

    /// The lines that the chunk completes, without line breaks.
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

    /// The last line, if it has no line break.
    mutating func finish() -> String? {
        partial.isEmpty ? nil : takeLine()
    }

    private mutating func takeLine() -> String {
        if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
        defer { partial.removeAll(keepingCapacity: true) }
        return String(decoding: partial, as: UTF8.self)
    }
}
