import Testing

@testable import Configuration
@testable import PlainText

@Suite("Durations are those of Prometheus")
struct PrometheusDurationTests {
    @Test(
        "a duration is read and printed as Prometheus does",
        arguments: [
            ("0", 0, "0s"), ("0s", 0, "0s"), ("1ms", 1, "1ms"), ("500ms", 500, "500ms"), ("1s", 1000, "1s"),
            ("30s", 30_000, "30s"), ("90s", 90_000, "1m30s"), ("1500ms", 1500, "1s500ms"), ("5m", 300_000, "5m"),
            ("1h30m", 5_400_000, "1h30m"), ("24h", 86_400_000, "1d"), ("1d12h", 129_600_000, "1d12h"),
            ("7d", 604_800_000, "1w"), ("1w", 604_800_000, "1w"), ("8d", 691_200_000, "8d"),
            ("90d", 7_776_000_000, "90d"), ("1y", 31_536_000_000, "1y"), ("365d", 31_536_000_000, "1y"),
            ("372d", 32_140_800_000, "372d"), ("1y1w", 32_140_800_000, "372d"), ("0h5m", 300_000, "5m"),
            ("1y2w3d4h5m6s7ms", 33_019_506_007, "382d4h5m6s7ms"), ("007s", 7000, "7s"),
            ("292y", 9_208_512_000_000, "292y"),
        ] as [(String, Int64, String)])
    func readAndPrinted(text: String, milliseconds: Int64, printed: String) throws {
        let duration = try PrometheusDuration(parsing: text)
        #expect(duration.milliseconds == milliseconds)
        #expect(duration.description == printed)
        #expect(try PrometheusDuration(parsing: printed) == duration)
    }

    @Test(
        "a text that is no duration says how one is written",
        arguments: [
            ("", "is empty; write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"),
            ("60", "\"60\" has no unit; write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"),
            ("1h30", "\"1h30\" has no unit; write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"),
            ("soon", "\"soon\" is not a duration; write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"),
            ("-5m", "\"-5m\" is not a duration; write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"),
            ("5 m", "\"5 m\" has the unknown unit \" m\"; the units are y w d h m s ms"),
            ("5min", "\"5min\" has the unknown unit \"min\"; the units are y w d h m s ms"),
            ("5M", "\"5M\" has the unknown unit \"M\"; the units are y w d h m s ms"),
            ("1.5h", "\"1.5h\" is not a duration; write whole numbers: 1h30m, not 1.5h"),
            (
                "30m1h",
                "\"30m1h\" is not a duration; write units from large to small (y w d h m s ms), each at most once"
            ),
            (
                "1m1m",
                "\"1m1m\" is not a duration; write units from large to small (y w d h m s ms), each at most once"
            ),
            ("293y", "\"293y\" is too long; the maximum is about 292y"),
            (
                "99999999999999999999s",
                "\"99999999999999999999s\" is too long; the maximum is about 292y"
            ),
        ])
    func refused(text: String, message: String) {
        #expect(throws: InvalidValue(message)) { try PrometheusDuration(parsing: text) }
    }

    @Test("arithmetic stays within the range")
    func bounded() {
        #expect(PrometheusDuration.days(.max).milliseconds == PrometheusDuration.largestMilliseconds)
        #expect(PrometheusDuration.seconds(-1).milliseconds == 0)
        #expect(PrometheusDuration.hours(1).multiplied(by: 5) == .hours(5))
        #expect(PrometheusDuration(milliseconds: 1500).seconds == 1.5)
        #expect(PrometheusDuration(milliseconds: 1500).duration == .milliseconds(1500))
    }
}
