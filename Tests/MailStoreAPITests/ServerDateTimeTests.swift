import Foundation
import OperatingSystem
import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("Date-times in replies")
struct ServerDateTimeTests {
    @Test(
        "are read with and without fraction and offset",
        arguments: [
            ("2026-01-31T23:59:59", 1_769_903_999, nil),
            ("2026-01-31 23:59:59", 1_769_903_999, nil),
            ("2026-01-31T23:59:59Z", 1_769_903_999, 0),
            ("2026-01-31T23:59:59+00:00", 1_769_903_999, 0),
            ("2026-01-31T23:59:59+02:00", 1_769_903_999, 7200),
            ("2026-01-31T23:59:59-09:30", 1_769_903_999, -34200),
            ("2026-01-31T23:59:59.5", 1_769_903_999.5, nil),
            ("2026-01-31T23:59:59.25+23:59", 1_769_903_999.25, 86340),
            ("0001-01-01T00:00:00", -62_135_596_800, nil),
            ("9999-12-31T23:59:59", 253_402_300_799, nil),
        ] as [(String, Double, Int?)])
    func reading(text: String, seconds: Double, offset: Int?) throws {
        let dateTime = try #require(ServerDateTime(text))
        #expect(dateTime.civilSeconds == seconds)
        #expect(dateTime.offset == offset)
    }

    @Test("a fraction of any length is read to the microsecond")
    func fraction() throws {
        let short = try #require(ServerDateTime("2026-01-31T23:59:58.1234567"))
        #expect(abs(short.civilSeconds - 1_769_903_998.1234567) < 1e-6)
        let endless = try #require(ServerDateTime("2026-01-31T23:59:58." + String(repeating: "9", count: 10_000)))
        #expect(abs(endless.civilSeconds - 1_769_903_999) < 1e-6)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "2026", "2026-01-31", "2026-01-31T23:59", "2026-01-31T23:59:5", "2026-01-31T23:59:59 ",
            " 2026-01-31T23:59:59", "2026-02-29T00:00:00", "2026-01-31T24:00:00", "2026-01-31T23:59:60",
            "2026-13-01T00:00:00", "0000-01-01T00:00:00", "26-01-31T23:59:59", "2026/01/31T23:59:59",
            "2026-01-31t23:59:59", "2026-01-31T23:59:59.", "2026-01-31T23:59:59,5", "2026-01-31T23:59:59z",
            "2026-01-31T23:59:59+0200", "2026-01-31T23:59:59+02", "2026-01-31T23:59:59+24:00",
            "2026-01-31T23:59:59+01:60", "2026-01-31T23:59:59ZZ", "2026-01-31T23:59:59Z+01:00",
            "+026-01-31T23:59:59", "-2026-01-31T23:59:59", "２０２６-01-31T23:59:59", "/Date(1769903999000)/",
            "31.01.2026 23:59:59", "2026-01-31T23:59:59\u{0}",
        ])
    func refused(text: String) {
        #expect(ServerDateTime(text) == nil)
    }

    @Test("the zone that was asked for makes an instant of a time without one")
    func zones() throws {
        let civil = try #require(ServerDateTime("2026-07-01T12:00:00.5"))
        let utc = 1_782_907_200.5
        #expect(civil.timestamp(in: .utc) == Timestamp(secondsSince1970: utc))
        #expect(civil.timestamp(in: .unknown) == nil)
        let summer = ServerTimeZone.local { seconds in seconds == 1_782_907_200 ? 7200 : 3600 }
        #expect(civil.timestamp(in: summer) == Timestamp(secondsSince1970: utc - 7200))
    }

    @Test("an offset in the text is taken at its word, whatever zone was asked for")
    func offsetWins() throws {
        let text = try #require(ServerDateTime("2026-07-01T12:00:00-01:00"))
        let expected = Timestamp(secondsSince1970: 1_782_907_200 + 3600)
        #expect(text.timestamp(in: .utc) == expected)
        #expect(text.timestamp(in: .unknown) == expected)
        #expect(text.timestamp(in: .local { _ in 7200 }) == expected)
    }
}

@Suite("The Date header")
struct HTTPDateTests {
    @Test(
        "is read in the form that servers send",
        arguments: [
            ("Thu, 26 Jun 2014 14:13:43 GMT", 1_403_792_023), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_799),
        ] as [(String, Double)])
    func known(text: String, seconds: Double) {
        #expect(HTTPDate.parse(text) == Timestamp(secondsSince1970: seconds))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "now", "Thu, 26 Jun 2014 14:13:43", "Thu, 26 Jun 2014 14:13:43 UTC", "Thu, 26 Jun 2014 14:13:43 +0000",
            "Thursday, 26-Jun-14 14:13:43 GMT", "Thu Jun 26 14:13:43 2014", "Thu, 30 Feb 2014 14:13:43 GMT",
            "Thu, 26 jun 2014 14:13:43 GMT", "Thu, 26 Juni 2014 14:13:43 GMT", "Thu, 26 Jun 2014 24:13:43 GMT",
            "Thu, 26 Jun 2014 14:13:61 GMT", "Thu, 26 Jun 2014 14:13:-1 GMT", "Thu, 26 Jun 2014 14:13 GMT",
            "Thu, 26 Jun 2014 14:13:43:00 GMT", "Thu, +6 Jun 2014 14:13:43 GMT", "Thu, 6 Jun 2014 14:13:43 GMT",
            "Thu, 26 Jun 99999999999999999999 14:13:43 GMT", "Thu, 26 Jun 0000 14:13:43 GMT",
            "Thu,  26 Jun 2014 14:13:43 GMT", "Thu, 26 Jun 2014 14:13:43 GMT ", "Thu, ٢٦ Jun 2014 14:13:43 GMT",
        ])
    func refused(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test("what Foundation writes is read back equal", arguments: 0..<4)
    func foundation(seed: Int) throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var generator = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let seconds = Double(Int64.random(in: 0...253_402_300_799, using: &generator))
            let text = formatter.string(from: Date(timeIntervalSince1970: seconds))
            #expect(HTTPDate.parse(text) == Timestamp(secondsSince1970: seconds), "\(text)")
        }
    }
}
