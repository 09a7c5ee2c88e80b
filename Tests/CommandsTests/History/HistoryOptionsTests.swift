import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import OperatingSystem
@testable import PlainText

@Suite("The options of the command history")
struct HistoryOptionsTests {
    private static func options(
        since: String = "365d", until: String? = nil, step: String = "1h", job: String = "mailstore",
        instance: String = "127.0.0.1:9463"
    ) throws(InvalidValue) -> HistoryOptions {
        try HistoryOptions(since: since, until: until, step: step, job: job, instance: instance)
    }

    @Test(
        "a point in time is a duration before now, or a time in UTC",
        arguments: [
            ("365d", 1_735_689_600), ("1y", 1_735_689_600), ("90m", 1_767_220_200),
            ("2025-12-31T23:00:00Z", 1_767_222_000), ("2025-12-31T23:00:00", 1_767_222_000),
            ("2025-12-31T23:00:00+01:00", 1_767_218_400),
        ])
    func times(text: String, seconds: Double) throws {
        let now = Timestamp(secondsSince1970: 1_767_225_600)
        #expect(try Self.options(since: text).since.instant(at: now).secondsSince1970 == seconds)
        #expect(try Self.options(until: text).until?.instant(at: now).secondsSince1970 == seconds)
    }

    @Test(
        "an impossible value is rejected, and the flag is named",
        arguments: [
            ("--since", "0", "365d"), ("--since", "-5d", "2026-01-31T"), ("--since", "4000d", "at most 10y"),
            ("--since", "yesterday", "duration"), ("--since", "2025-02-30T00:00:00", "not a date and time"),
            ("--since", "", "is empty"), ("--until", "soon", "duration"),
            ("--step", "30s", "too short; the minimum is 1m"),
            ("--step", "2d", "too long; the maximum is 1d"), ("--step", "90500ms", "whole number of seconds"),
            ("--job", "", "is empty"), ("--instance", "", "is empty"),
        ])
    func refusals(flag: String, value: String, hint: String) {
        let error = #expect(throws: InvalidValue.self) {
            switch flag {
            case "--since": try Self.options(since: value)
            case "--until": try Self.options(until: value)
            case "--step": try Self.options(step: value)
            case "--job": try Self.options(job: value)
            default: try Self.options(instance: value)
            }
        }
        #expect(error?.description.hasPrefix(flag + ": ") == true)
        #expect(error?.description.contains(hint) == true)
    }
}
