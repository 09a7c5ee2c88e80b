import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Ledger
@testable import OperatingSystem

@Suite("Times of replies and windows of requests are right in every zone")
struct RequestZoneTests {
    @Test("in UTC a window is written as it is, and times are taken as they are")
    func utc() throws {
        let window = try TimeWindow(covering: instant("2026-03-29T00:00:00"), to: instant("2026-03-30T12:34:00"))
        let civil = RequestZone.utc.civil(window)
        #expect(civil.from.text == "2026-03-29T00:00:00")
        #expect(civil.to.text == "2026-03-30T12:34:00")
        let time = try #require(ServerDateTime("2026-03-29T02:30:00"))
        #expect(time.timestamp(in: RequestZone.utc.replies) == (try instant("2026-03-29T02:30:00")))
    }

    @Test("in a zone that nobody told, a window has room for any, and times stay unknown")
    func unknownZone() throws {
        let window = try TimeWindow(covering: instant("2026-01-10T00:00:00"), to: instant("2026-01-11T00:00:00"))
        let civil = RequestZone.server(nil).civil(window)
        #expect(civil.from.text == "2026-01-09T10:00:00")
        #expect(civil.to.text == "2026-01-11T14:00:00")
        let time = try #require(ServerDateTime("2026-01-10T12:00:00"))
        #expect(time.timestamp(in: RequestZone.server(nil).replies) == nil)
    }

    @Test("a time with an offset of its own needs no zone")
    func offsetInText() throws {
        let time = try #require(ServerDateTime("2026-01-10T12:00:00+02:00"))
        #expect(time.timestamp(in: RequestZone.server(nil).replies) == (try instant("2026-01-10T10:00:00")))
    }

    @Test(
        "the server's civil time becomes UTC on both sides of a change of the clocks",
        arguments: [
            ("Europe/Berlin", "2026-01-15T12:00:00", "2026-01-15T11:00:00"),
            ("Europe/Berlin", "2026-07-15T12:00:00", "2026-07-15T10:00:00"),
            // Spring: 02:00 becomes 03:00 at 01:00 UTC.
            ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
            ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),
            // Autumn: 03:00 becomes 02:00 at 01:00 UTC; the hour that comes twice is taken for the second.
            ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59"),
            ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T01:30:00"),
            ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00"),
            // The same west of Greenwich: spring at 07:00 UTC, autumn at 06:00 UTC.
            ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59"),
            ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00"),
            ("America/New_York", "2026-11-01T00:59:59", "2026-11-01T04:59:59"),
            ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T06:30:00"),
            ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00"),
            // Zones that never change, far from Greenwich.
            ("Pacific/Kiritimati", "2026-05-01T00:00:00", "2026-04-30T10:00:00"),
            ("Asia/Kolkata", "2026-05-01T00:00:00", "2026-04-30T18:30:00"),
        ])
    func replies(identifier: String, civil: String, utc: String) throws {
        let zone = try #require(TimeZone(identifier: identifier))
        let time = try #require(ServerDateTime(civil))
        #expect(time.timestamp(in: RequestZone.server(zone).replies)?.description == utc + "Z")
    }

    @Test(
        "a window in the server's zone covers the same time, over both changes of the clocks too",
        arguments: [
            ("2026-03-28T00:00:00", "2026-03-29T12:00:00"), ("2026-10-24T00:00:00", "2026-10-25T00:30:00"),
            ("2026-10-25T00:30:00", "2026-10-25T01:30:00"), ("2026-07-01T00:00:00", "2026-07-08T00:00:00"),
        ])
    func windows(start: String, end: String) throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let window = try TimeWindow(covering: instant(start), to: instant(end))
        let civil = RequestZone.server(berlin).civil(window)
        // What the server's clock showed at any minute of the window lies between the ends that are asked for.
        for minute in window.from..<window.to {
            let seconds = minute * 60
            let offset = berlin.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            let shown = seconds + Int64(offset)
            #expect(civil.from.secondsSince1970 <= shown && shown < civil.to.secondsSince1970)
        }
    }

    private func instant(_ text: String) throws -> Timestamp {
        try #require(ServerDateTime(text)?.timestamp(in: .utc))
    }
}
