import MailStoreAPI
import TestSupport
import Testing

@testable import OperatingSystem
@testable import Web

@Suite("Formatting for people")
struct FormattingTests {
    private static let spans: [(Double, String)] = [
        (0.0, "under 1 ms"), (0.25, "250 ms"), (2.54, "2.5 s"), (59.4, "59 s"), (60, "1 min"), (185, "3 min 5 s"),
        (7500, "2 h 5 min"), (90_000, "1 d 1 h"), (604_800, "7 d"), (2_685_600, "31 d"),
        (1e300, "over 270 years"), (.infinity, "unknown"), (.nan, "unknown"), (-5, "5 s"),
    ]

    @Test("formats durations in their two largest units", arguments: spans)
    func span(_ seconds: Double, text: String) {
        #expect(Formatting.span(seconds).replacing("\u{A0}", with: " ") == text)
    }

    private static let distances: [(Double, String)] = [
        (0.0, "just now"), (-12, "12 s ago"), (-119, "119 s ago"), (-180, "3 min ago"), (-7200, "2 h ago"),
        (-259_200, "3 d ago"), (34_560_000, "in 400 d"), (63_072_000, "in 730 d"),
        (63_158_400, "in 2 years"), (315_619_200, "in 10 years"), (1e14, "in over 270 years"),
    ]

    @Test("formats the distance of an instant, in the past and in the future", arguments: distances)
    func distance(_ seconds: Double, text: String) {
        let now = Timestamp(secondsSince1970: 1_767_225_600)
        let time = Timestamp(secondsSince1970: now.secondsSince1970 + seconds)
        #expect(Formatting.distance(from: now, to: time).replacing("\u{A0}", with: " ") == text)
    }

    @Test("formats instants, and absurd ones as they are")
    func instants() {
        let time = Timestamp(secondsSince1970: 1_767_225_661)
        #expect(Formatting.minute(time) == "2026-01-01 00:01 UTC")
        #expect(Formatting.second(time) == "2026-01-01 00:01:01 UTC")
        #expect(Formatting.minute(Timestamp(secondsSince1970: 1e300)).contains("1e+300"))
    }

    private static let counts: [(Int64, String, String)] = [
        (0, "0", "0 B"), (999, "999", "999 B"), (1234, "1 234", "1.2 kB"), (999_999, "999 999", "1 MB"),
    ]

    @Test("counts and sizes", arguments: counts)
    func numbers(_ number: Int64, count: String, size: String) {
        #expect(Formatting.count(number).replacing("\u{202F}", with: " ") == count)
        #expect(Formatting.bytes(number).replacing("\u{A0}", with: " ") == size)
        #expect(Formatting.bytes(.max).hasSuffix("EB"))
    }

    @Test("a noun has the form of its number", arguments: [(0, "0 messages"), (1, "1 message"), (2, "2 messages")])
    func nouns(_ number: Int64, text: String) {
        #expect(Formatting.count(number, "message") == text)
    }

    @Test(
        "separates the words of the API",
        arguments: [
            ("completedWithErrors", "completed with errors"), ("succeeded", "succeeded"),
            ("threadAbort", "thread abort"),
            ("HTML", "html"), ("", ""),
        ])
    func words(_ word: String, text: String) {
        #expect(Formatting.words(word) == text)
    }
}
