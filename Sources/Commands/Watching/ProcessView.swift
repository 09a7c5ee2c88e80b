import Ledger
import PlainText

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
