package import Configuration
package import MailStoreAPI
package import OperatingSystem
package import PlainText

/// What of the past is asked for, and how it is labelled.
package struct HistoryOptions: Sendable, Equatable {
    /// How far back.
    package var since: HistoryTime
    /// Where it ends; `nil` is where the exporter's own samples begin, or now.
    package var until: HistoryTime?
    /// The distance of the samples.
    package let step: PrometheusDuration
    /// The labels that Prometheus adds to what it scrapes from the exporter.
    package let job: String
    package let instance: String
    /// The file that is written; `nil` is the standard output.
    package var output: String?
    /// Whether the past is to stand alone, whatever the exporter has counted.
    package var withoutState: Bool

    /// The range of the step: finer than results are asked for makes no sense.
    package static let steps = PrometheusDuration.minutes(1)...PrometheusDuration.days(1)

    /// - Throws: ``InvalidValue`` that names the flag.
    package init(
        since: String, until: String?, step: String, job: String, instance: String, output: String? = nil,
        withoutState: Bool = false
    ) throws(InvalidValue) {
        self.since = try Self.parse(since, "--since", HistoryTime.init(parsing:))
        guard self.since != .ago(.seconds(0)) else {
            throw InvalidValue("--since: \"0\" is no time to look back on; write for example 365d")
        }
        if let until {
            self.until = try Self.parse(until, "--until", HistoryTime.init(parsing:))
        }
        self.step = try Self.parse(step, "--step", PrometheusDuration.within(Self.steps))
        guard self.step.milliseconds % 1000 == 0 else {
            throw InvalidValue("--step: \(QuotedText(step)) is no whole number of seconds")
        }
        for (flag, value) in [("--job", job), ("--instance", instance)] where value.isEmpty {
            throw InvalidValue("\(flag): is empty; give the label as it is on the series of the exporter in Prometheus")
        }
        self.job = job
        self.instance = instance
        self.output = output
        self.withoutState = withoutState
    }

    private static func parse<Value>(
        _ text: String, _ flag: String, _ parser: (String) throws(InvalidValue) -> Value
    ) throws(InvalidValue) -> Value {
        do throws(InvalidValue) {
            return try parser(text)
        } catch {
            throw InvalidValue("\(flag): \(error)")
        }
    }
}

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
