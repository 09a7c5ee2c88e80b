import Configuration
import MailStoreAPI
import OperatingSystem
package import PlainText

/// The time span of the history, its resolution and its labels.
package struct HistoryOptions: Sendable, Equatable {
    /// The start.
    let since: HistoryTime
    /// The end; `nil` means where the exporter's own samples begin, or now if there are none.
    let until: HistoryTime?
    /// The interval between samples.
    let step: PrometheusDuration
    /// The labels that Prometheus adds to the scraped series.
    let job: String
    let instance: String
    /// The file to write; `nil` is the standard output.
    let output: String?
    /// Whether the exporter's state is ignored.
    let withoutState: Bool

    /// The range of the step; at least a minute, because results are requested by the minute.
    private static let steps = PrometheusDuration.minutes(1)...PrometheusDuration.days(1)

    /// - Throws: ``InvalidValue`` that names the flag.
    package init(
        since: String, until: String?, step: String, job: String, instance: String, output: String? = nil,
        withoutState: Bool = false
    ) throws(InvalidValue) {
        self.since = try Self.parse(since, "--since", HistoryTime.init(parsing:))
        guard self.since != .ago(.seconds(0)) else {
            throw InvalidValue("--since: \"0\" covers no time; write for example 365d")
        }
        self.until = try until.map { (text) throws(InvalidValue) in
            try Self.parse(text, "--until", HistoryTime.init(parsing:))
        }
        self.step = try Self.parse(step, "--step", PrometheusDuration.within(Self.steps))
        guard self.step.milliseconds % 1000 == 0 else {
            throw InvalidValue("--step: \(QuotedText(step)) is not a whole number of seconds")
        }
        for (flag, value) in [("--job", job), ("--instance", instance)] where value.isEmpty {
            throw InvalidValue("\(flag): is empty; use the label of the exporter's series in Prometheus")
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

/// A point in time on the command line: a duration before now, or a date and time.
///
/// ```
/// try HistoryTime(parsing: "365d")                   // a year ago
/// try HistoryTime(parsing: "2026-01-31T23:00:00Z")   // UTC, also without the Z
/// ```
enum HistoryTime: Sendable, Equatable {
    case ago(PrometheusDuration)
    case at(Timestamp)

    /// The earliest point in time, as a duration before now.
    static let longest = PrometheusDuration.days(3650)

    init(parsing text: String) throws(InvalidValue) {
        if let instant = ServerDateTime(text)?.timestamp(in: .utc) {
            self = .at(instant)
            return
        }
        guard !text.contains("T"), !text.contains("-") else {
            throw InvalidValue("\(QuotedText(text)) is not a date and time; write it as 2026-01-31T23:00:00Z")
        }
        let duration = try PrometheusDuration(parsing: text)
        guard duration <= Self.longest else {
            throw InvalidValue("\(QuotedText(text)) is too long; at most \(Self.longest)")
        }
        self = .ago(duration)
    }

    func instant(at now: Timestamp) -> Timestamp {
        switch self {
        case .ago(let duration): now - duration.duration
        case .at(let instant): instant
        }
    }
}

extension Timestamp {
    /// The instant in UTC, to the second, for people.
    var text: String {
        CivilDateTime(secondsSince1970: Int64(secondsSince1970.rounded(.down))).text + "Z"
    }
}
