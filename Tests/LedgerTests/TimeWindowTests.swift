import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("A window of time is whole minutes")
struct TimeWindowTests {
    @Test("a window covers the minutes in which the span begins and ends")
    func covers() {
        let window = TimeWindow(
            covering: Timestamp(secondsSince1970: 59.9), to: Timestamp(secondsSince1970: 120.1))
        #expect(window == TimeWindow(from: 0, to: 3))
    }

    @Test("a window is never empty", arguments: [0.0, 60, 61, -60])
    func neverEmpty(end: Double) {
        let window = TimeWindow(
            covering: Timestamp(secondsSince1970: 60), to: Timestamp(secondsSince1970: end))
        #expect(window.to > window.from)
        #expect(window.from == 1)
    }

    @Test("times beyond all years make a window of the nearest year", arguments: [1e300, 1e18, -1e18, -1e300])
    func absurdTimes(seconds: Double) {
        let absurd = Timestamp(secondsSince1970: seconds)
        for window in [
            TimeWindow(covering: absurd, to: absurd), TimeWindow(covering: LedgerExample.time(0), to: absurd),
            TimeWindow(covering: absurd, to: LedgerExample.time(0)),
        ] {
            #expect(window.to > window.from)
            #expect(CivilDateTime.range.contains(Int64(window.start.secondsSince1970)))
            #expect(CivilDateTime.range.contains(Int64(window.end.secondsSince1970)))
        }
    }

    @Test("halves meet in the middle, and a minute has none")
    func halves() throws {
        let halves = try #require(TimeWindow(from: 10, to: 15).halves)
        #expect(halves.older == TimeWindow(from: 10, to: 12))
        #expect(halves.newer == TimeWindow(from: 12, to: 15))
        #expect(TimeWindow(from: 10, to: 11).halves == nil)
    }
}
