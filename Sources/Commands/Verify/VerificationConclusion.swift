import Ledger

/// What a verification that has ended says of the archive, in one line.
struct VerificationConclusion {
    var title: String
    /// Why it did not succeed; `nil` where it did.
    var problem: String?
    var log: VerificationLog
    var took: Duration

    /// Whether it succeeded and nothing in its log looks like damage.
    ///
    /// Nobody has published how a damaged store ends a verification (`mailstore-api.md`, section 1), so both count.
    var isSound: Bool { problem == nil && log.errorLines == 0 }

    var text: String {
        var parts = [problem ?? "succeeded"]
        if let count = log.messagesVerified { parts.append("\(Grouped(count)) messages verified") }
        switch log.errorLines {
        case 0: parts.append("no line of the log looks like damage")
        case 1: parts.append("1 line of the log looks like damage")
        case let count: parts.append("\(Grouped(Int64(count))) lines of the log look like damage")
        }
        return "\(title): \(parts.joined(separator: "; ")) (\(ClockText(took)))"
    }
}
