import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection

@Suite("The live counters of a process never decrease and never jump")
struct LiveCountersTests {
    private func statistics(_ process: String?, at seconds: Int?, _ total: Int64?) throws -> ProcessStatistics {
        let fields = [
            process.map { #""processUniqueID": "\#($0)""# }, seconds.map { #""timestamp": \#($0 * 1000)"# },
            total.map { #""totalMessagesArchived": \#($0)"# },
        ]
        return try ProcessStatistics(json: Array("{\(fields.compactMap(\.self).joined(separator: ","))}".utf8))
    }

    /// Takes readings a minute apart; returns what is shown after each.
    private func shown(
        _ readings: [(process: String?, seconds: Int?, total: Int64?)], processID: Int64? = nil
    ) throws -> [Int64?] {
        var counters = LiveCounters()
        return try readings.enumerated().map { index, reading in
            let reply = try statistics(reading.process, at: reading.seconds, reading.total)
            _ = counters.take(reply, processID: processID, at: .seconds(60 * index))
            return counters.shown?.totals[.messagesArchived]
        }
    }

    @Test("they follow the totals, and begin anew with another process")
    func follows() throws {
        #expect(try shown([("a", 1, 5), ("a", 2, 9), ("a", 3, 9), ("b", 4, 2)]) == [5, 9, 9, 2])
    }

    @Test("a total that decreases is ignored, and is not shown any more once that lasts")
    func decrease() throws {
        #expect(try shown([("a", 1, 9), ("a", 2, 5), ("a", 3, 9)]) == [9, 9, 9])
        #expect(
            try shown([("a", 1, 9), ("a", 2, 5), ("a", 3, 6), ("a", 4, 7), ("a", 5, 8), ("a", 6, 10)])
                == [9, 9, 9, nil, nil, 10])
    }

    @Test("without an id of the process, its number identifies it")
    func processNumber() throws {
        #expect(try shown([(nil, 1, 9), (nil, 2, 5)], processID: 7) == [9, 9])
        var counters = LiveCounters()
        #expect(counters.take(try statistics(nil, at: 1, 9), processID: 7, at: .zero) == nil)
        #expect(counters.take(try statistics(nil, at: 2, 5), processID: 8, at: .seconds(60)) == nil)
        #expect(counters.shown?.totals[.messagesArchived] == 5)
    }

    @Test("a jump is ignored, and believed if it lasts; one of a new process too")
    func jump() throws {
        let large: Int64 = 1 << 52
        #expect(try shown([("a", 1, 1), ("a", 2, large), ("a", 3, 2)]) == [1, 1, 2])
        #expect(try shown([("a", 1, 1), ("b", 2, large), ("b", 3, 2)]) == [1, 1, 2])
        #expect(
            try shown([("a", 1, 1), ("a", 2, large), ("a", 3, large), ("a", 4, large)]) == [1, 1, 1, large])
    }

    @Test("a late reply of an earlier process is ignored, unless the server's clock was set back")
    func older() throws {
        #expect(try shown([("a", 10, 9), ("b", 20, 1), ("a", 11, 10), ("b", 30, 2)]) == [9, 1, 1, 2])
        #expect(try shown([("a", 10, 9), ("b", 5, 1), ("b", 6, 2), ("b", 7, 3)]) == [9, 9, 9, 3])
    }

    @Test("a field that is missing in one reply is missing then, and does not fall below what it was")
    func missing() throws {
        #expect(try shown([("a", 1, 9), ("a", 2, nil), ("a", 3, 8), ("a", 4, 10)]) == [9, nil, nil, 10])
    }

    @Test("hidden counters come back with the next reply, not below what they were")
    func hidden() throws {
        var counters = LiveCounters()
        #expect(counters.take(try statistics("a", at: 1, 9), processID: nil, at: .zero) == nil)
        counters.hide()
        #expect(counters.shown == nil)
        #expect(counters.take(try statistics("a", at: 2, 8), processID: nil, at: .seconds(60)) == .decrease)
        #expect(counters.shown == nil)
        #expect(counters.take(try statistics("a", at: 3, 11), processID: nil, at: .seconds(120)) == nil)
        #expect(counters.shown?.totals[.messagesArchived] == 11)
    }

    @Test("whatever is read, a counter of one process never decreases")
    func random() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            var counters = LiveCounters()
            var last: (process: String?, total: Int64)?
            for step in 0..<30 {
                let process = ["a", "b"].randomElement(using: &random)
                let reply = try statistics(
                    process, at: Int.random(in: 0...50, using: &random), Int64.random(in: 0...40, using: &random))
                _ = counters.take(reply, processID: nil, at: .seconds(step))
                guard let shown = counters.shown, let total = shown.totals[.messagesArchived] else { continue }
                if let last, last.process == shown.process { #expect(total >= last.total) }
                last = (shown.process, total)
            }
        }
    }
}
