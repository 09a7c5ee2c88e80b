import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import OperatingSystem

@Suite("The moments at which the past is sampled")
struct HistoryMomentsTests {
    private func moments(_ since: Double, _ until: Double, beginning: Double? = nil) -> HistoryMoments {
        HistoryMoments(
            since: Timestamp(secondsSince1970: since), until: Timestamp(secondsSince1970: until), step: 3600,
            beginning: beginning.map { Timestamp(secondsSince1970: $0) })
    }

    @Test("they are whole steps since 1970, from the one at or before the start, and the end")
    func grid() {
        let moments = moments(3700, 11_000.7)
        #expect(moments.times == [3600, 7200, 10_800, 11_000])
        #expect(moments.seam == nil)
        #expect(moments.zeros == [0])
    }

    @Test("an end on the grid comes once")
    func end() {
        #expect(moments(3600, 7200).times == [3600, 7200])
    }

    @Test("at the seam counters reach their height a second before, and are 0")
    func seam() {
        let moments = moments(3600, 14_400, beginning: 9000)
        #expect(moments.times == [3600, 7200, 8999, 9000, 10_800, 14_400])
        #expect(moments.lastBeforeSeam == 2)
        #expect(moments.seam == 3)
        #expect(moments.zeros == [0, 3])
    }

    @Test("a seam on the grid is a moment once")
    func seamOnGrid() {
        let moments = moments(3600, 10_800, beginning: 7200)
        #expect(moments.times == [3600, 7199, 7200, 10_800])
        #expect(moments.zeros == [0, 2])
    }

    @Test("where the exporter counts from before the start, counters do not begin at 0")
    func seamBefore() {
        let moments = moments(7200, 10_800, beginning: 5000)
        #expect(moments.times == [7200, 10_800])
        #expect(moments.seam == 0)
        #expect(moments.lastBeforeSeam == nil)
        #expect(moments.zeros == [])
    }

    @Test("where the exporter counts from the very start, counters begin at 0 there")
    func seamAtStart() {
        let moments = moments(7200, 10_800, beginning: 7200)
        #expect(moments.times == [7200, 10_800])
        #expect(moments.seam == 0)
        #expect(moments.zeros == [0])
    }

    @Test("a seam behind the end is none")
    func seamBehind() {
        let moments = moments(3600, 7200, beginning: 9000)
        #expect(moments.times == [3600, 7200])
        #expect(moments.seam == nil)
    }

    @Test("the first moment at or after an instant is found")
    func index() {
        let moments = moments(0, 7200)
        #expect(moments.index(atOrAfter: Timestamp(secondsSince1970: -5)) == 0)
        #expect(moments.index(atOrAfter: Timestamp(secondsSince1970: 3600)) == 1)
        #expect(moments.index(atOrAfter: Timestamp(secondsSince1970: 3600.5)) == 2)
        #expect(moments.index(atOrAfter: Timestamp(secondsSince1970: 7201)) == nil)
    }
}
