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

@Suite("A window is read part by part, halved where the server cannot answer")
struct WindowReadingTests {
    /// What became of a window.
    private struct Outcome {
        var read: [TimeWindow] = []
        var unreadable: [TimeWindow] = []
    }

    private func read(_ window: TimeWindow, where isAnswered: (TimeWindow) -> Bool) -> Outcome {
        var outcome = Outcome()
        var reading = WindowReading(window)
        while let next = reading.next {
            if isAnswered(next) {
                outcome.read.append(next)
                reading.wasRead()
            } else if let minute = reading.wasTooWide() {
                outcome.unreadable.append(minute)
            }
        }
        return outcome
    }

    @Test("every minute is read exactly once, oldest first, around any unreadable ones", arguments: 0..<200)
    func readsAroundUnreadableMinutes(seed: Int) {
        var random = SeededRandom(seed: seed)
        let from = Int64.random(in: 29_000_000...30_000_000, using: &random)
        let window = TimeWindow(from: from, to: from + Int64.random(in: 1...12_000, using: &random))
        let minutes = window.from..<window.to
        let unreadable = Set((0..<random.pick([0, 1, 5, 40])).map { _ in Int64.random(in: minutes, using: &random) })

        let outcome = read(window) { part in unreadable.allSatisfy { $0 < part.from || part.to <= $0 } }

        #expect(outcome.read.flatMap { Array($0.from..<$0.to) } == minutes.filter { !unreadable.contains($0) })
        #expect(outcome.unreadable == unreadable.sorted().map { TimeWindow(from: $0, to: $0 + 1) })
    }

    @Test("a server that fails on more than so many rows is read whole", arguments: [1, 2, 7, 100, 5000])
    func readsRowLimitedServer(limit: Int) {
        var random = SeededRandom(seed: limit)
        // At most one row a minute, so that no minute is too wide; most of them in a few busy hours.
        let rows = Set((0..<3000).map { _ in Int64(random.seconds(1...20_000)) })
        func listed(_ part: TimeWindow) -> [Int64] { rows.filter { part.from <= $0 && $0 < part.to }.sorted() }

        let outcome = read(TimeWindow(from: 0, to: 20_001)) { listed($0).count <= limit }

        #expect(outcome.unreadable.isEmpty)
        #expect(outcome.read.flatMap(listed) == rows.sorted())
    }

    @Test("a server that answers at once is asked once")
    func readsWhole() {
        let window = TimeWindow(from: 0, to: 10_000)
        #expect(read(window) { _ in true }.read == [window])
    }

    @Test("where nothing can be read, each minute is given up once")
    func readsNothing() {
        let outcome = read(TimeWindow(from: 5, to: 70)) { _ in false }
        #expect(outcome.read.isEmpty)
        #expect(outcome.unreadable.map(\.from) == Array(5..<70))
    }
}

@Suite("A reading that passes over what is known to be unreadable")
struct WindowReadingGapTests {
    @Test(
        "reads all the other minutes, oldest first, each once",
        arguments: [
            [], [0], [9], [3], [0, 1, 2], [7, 8, 9], [2, 4, 6], [0, 5, 9], [-1, 10], Array(0..<10),
        ])
    func gaps(minutes: [Int64]) {
        var reading = WindowReading(TimeWindow(from: 0, to: 10), without: Set(minutes))
        var read: [Int64] = []
        // All minutes known to be unreadable leave nothing to read.
        while let next = reading.next {
            read += Array(next.from..<next.to)
            reading.wasRead()
        }
        #expect(read == (0..<10).filter { !minutes.contains($0) })
    }
}
