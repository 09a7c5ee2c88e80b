import MailStoreAPI
import OperatingSystem
import PlainText

/// Formats times, durations, sizes and API words for the pages; a number and its unit stay on one line.
enum Formatting {
    /// A duration in its two largest units: `3 min 5 s`, `2 d 4 h`.
    static func span(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "unknown" }
        let seconds = abs(seconds)
        if seconds < 1 { return seconds < 0.001 ? "under 1\u{A0}ms" : "\(Int((seconds * 1000).rounded()))\u{A0}ms" }
        if seconds < 10 { return "\(seconds.shortText)\u{A0}s" }
        guard seconds < 86_400 * 100_000 else { return "over 270 years" }
        let whole = Int(seconds.rounded())
        let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        guard let first = units.firstIndex(where: { whole >= $0.1 }) else { return "0\u{A0}s" }
        let (unit, size) = units[first]
        let rest = first + 1 < units.count ? whole % size / units[first + 1].1 : 0
        let head = "\(whole / size)\u{A0}\(unit)"
        // In a duration of weeks the hours are left out.
        return rest == 0 || (unit == "d" && whole / size >= 14) ? head : "\(head) \(rest)\u{A0}\(units[first + 1].0)"
    }

    /// The distance of an instant from now, in its largest unit.
    static func distance(from now: Timestamp, to time: Timestamp) -> String {
        let seconds = now.since(time).inSeconds
        let size = abs(seconds)
        if size < 2 { return "just now" }
        let span =
            switch size {
            case ..<120: "\(Int(size))\u{A0}s"
            case ..<7200: "\(Int(size / 60))\u{A0}min"
            case ..<(2 * 86_400): "\(Int(size / 3600))\u{A0}h"
            case ..<(731 * 86_400): "\(Int(size / 86_400))\u{A0}d"
            case ..<(86_400 * 100_000): "\(Int(size / 86_400 / 365.25)) years"
            default: "over 270 years"
            }
        return seconds < 0 ? "in \(span)" : "\(span) ago"
    }

    /// The instant to the minute: `2026-01-31 23:59 UTC`.
    static func minute(_ time: Timestamp) -> String { instant(time, length: 16) }

    /// The instant to the second: `2026-01-31 23:59:59 UTC`.
    static func second(_ time: Timestamp) -> String { instant(time, length: 19) }

    private static func instant(_ time: Timestamp, length: Int) -> String {
        let text = time.description
        return text.count == 20 ? "\(text.prefix(length).replacing("T", with: " ")) UTC" : text
    }

    /// A size in decimal units: `1.2 MB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count)\u{A0}B" }
        var value = Double(count)
        var unit = ""
        for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 999.95 {
            value /= 1000
            unit = next
        }
        return "\(value.shortText)\u{A0}\(unit)"
    }

    /// A count with its thousands separated by narrow no-break spaces: `12 345`.
    static func count(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
            text.append(digit)
        }
        return text
    }

    /// `1 job`, `2 jobs`.
    static func count(_ number: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count(Int64(clamping: number))) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// A value of the label `reason` (`docs/metrics.md`) in words.
    static func reason(_ reason: String) -> String {
        switch APIError.Reason(rawValue: reason) {
        case .dns: "host name not found"
        case .connect: "cannot be reached"
        case .tls: "TLS handshake or certificate failed"
        case .timeout: "timed out"
        case .unauthorized: "login refused"
        case .forbidden: "not allowed"
        case .httpStatus: "unexpected HTTP status"
        case .badReply: "invalid reply"
        case .tooLarge: "reply too large"
        case .apiError: "error on the server"
        case .cancelled: "call cancelled"
        case nil: reason
        }
    }

    /// A word of the API as separate words: `completedWithErrors` becomes `completed with errors`.
    static func words(_ word: String) -> String {
        var text = ""
        var isInCapitals = false
        for character in word {
            if character.isUppercase, !isInCapitals, !text.isEmpty { text += " " }
            isInCapitals = character.isUppercase
            text += character.lowercased()
        }
        return text
    }
}
