import TestSupport
import Testing

@testable import Configuration

@Suite("How long a schedule lets one wait")
struct ScheduleExpectedIntervalTests {
    @Test(
        "the expected interval is the longest time between two firings",
        arguments: [
            ("Sun 02:00", "7d"), ("daily 02:00", "1d"), ("Mon,Wed 23:30", "5d"), ("Mon-Fri 02:00", "3d"),
            ("@daily", "1d"), ("@weekly", "7d"), ("@monthly", "31d"), ("0 2 1,15 * *", "17d"),
            ("0 2 13 * 5", "7d"), ("* * * * *", "1m"), ("*/15 * * * *", "15m"), ("30 */2 * * *", "2h"),
            // From a quarter to six until one o'clock, and from one until ten.
            ("*/15 1-5 * * *", "19h15m"), ("0 1,22 * * *", "21h"), ("0,1 0 * * *", "23h59m"),
            // From 31 March, May, August or October on.
            ("0 0 31 * *", "61d"), ("0 0 1 1 *", "366d"), ("0 0 29 2 *", "1461d"),
            // 28 years, seven of them leap years.
            ("0 0 29 2 */7", "10227d"), ("every 7d", "7d"), ("every 36h", "36h"),
        ])
    func longest(text: String, longest: String) throws {
        #expect(try Schedule(parsing: text).expectedInterval == PrometheusDuration(parsing: longest).duration)
    }
}
