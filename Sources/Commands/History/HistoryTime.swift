package import Configuration
package import MailStoreAPI
package import OperatingSystem
package import PlainText

/// A moment as a person gives it: so long ago, or at a date and time.
///
/// ```
/// try HistoryTime(parsing: "365d")                   // a year ago
/// try HistoryTime(parsing: "2026-01-31T23:00:00Z")   // that instant; without the Z it is UTC too
/// ```
package enum HistoryTime: Sendable, Equatable {
    case ago(PrometheusDuration)
    case at(Timestamp)

    /// The longest time that can be gone back.
    package static let longest = PrometheusDuration.days(3650)

    package init(parsing text: String) throws(InvalidValue) {
        if let instant = ServerDateTime(text)?.timestamp(in: .utc) {
            self = .at(instant)
            return
        }
        guard !text.contains("T"), !text.contains("-") else {
            throw InvalidValue("\(QuotedText(text)) is no date and time; write it as 2026-01-31T23:00:00Z")
        }
        let duration = try PrometheusDuration(parsing: text)
        guard duration <= Self.longest else {
            throw InvalidValue("\(QuotedText(text)) is too long; at most \(Self.longest)")
        }
        self = .ago(duration)
    }

    package func instant(at now: Timestamp) -> Timestamp {
        switch self {
        case .ago(let duration): now - duration.duration
        case .at(let instant): instant
        }
    }
}

extension Timestamp {
    /// The instant for people, to the second, in UTC.
    package var text: String {
        CivilDateTime(secondsSince1970: Int64(secondsSince1970.rounded(.down))).text + "Z"
    }
}
