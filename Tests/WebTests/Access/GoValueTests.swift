import TestSupport
import Testing

@testable import Web

@Suite("Values in Go's way of writing")
struct GoValueTests {
    @Test(
        "a duration is whole or broken numbers with units",
        arguments: [
            ("0", Duration.zero), ("0s", .zero), ("1s", .seconds(1)), ("+1s", .seconds(1)),
            ("1.5h", .seconds(5400)), ("1m30s", .seconds(90)), ("250ms", .milliseconds(250)),
            (".5s", .milliseconds(500)), ("2.s", .seconds(2)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)),
            ("7ns", .nanoseconds(7)), ("1h1h", .seconds(7200)), ("0.1s", .milliseconds(100)),
        ])
    func durations(text: String, expected: Duration) throws {
        #expect(try GoValue.duration(text) == expected)
    }

    @Test(
        "an invalid duration is explained",
        arguments: [
            ("1", "\"1\" has no unit"), ("-1s", "\"-1s\" is below 0"), ("s", "\"s\" is not a duration"),
            (".s", "\".s\" is not a duration"), ("1.2.3s", "\"1.2.3s\" is not a duration"),
            ("1d", "\"1d\" has the unknown unit \"d\""), ("+", "\"+\" is not a duration"),
            ("9999999999h", "\"9999999999h\" is not a duration"),
            ("2562047h48m", "\"2562047h48m\" is too long"),
        ])
    func notDurations(text: String, expected: String) {
        #expect {
            try GoValue.duration(text)
        } throws: { error in
            "\(error)".hasPrefix(expected + ";")
        }
    }
}
