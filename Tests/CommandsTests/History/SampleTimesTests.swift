import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import OperatingSystem

@Suite("The times of the samples")
struct SampleTimesTests {
    private func times(_ since: Double, _ until: Double, beginning: Double? = nil) -> SampleTimes {
        SampleTimes(
            since: Timestamp(secondsSince1970: since), until: Timestamp(secondsSince1970: until), step: 3600,
            beginning: beginning.map { Timestamp(secondsSince1970: $0) })
    }

    @Test("they are whole steps since 1970, from the one at or before the start, and the end")
    func grid() {
        let times = times(3700, 11_000.7)
        #expect(times.seconds == [3600, 7200, 10_800, 11_000])
        #expect(times.cutover == nil)
        #expect(times.zeros == [0])
    }

    @Test("an end on the grid comes once")
    func end() {
        #expect(times(3600, 7200).seconds == [3600, 7200])
    }

    @Test("counters reach their full value a second before the cutover, and are 0 at it")
    func cutover() {
        let times = times(3600, 14_400, beginning: 9000)
        #expect(times.seconds == [3600, 7200, 8999, 9000, 10_800, 14_400])
        #expect(times.lastBeforeCutover == 2)
        #expect(times.cutover == 3)
        #expect(times.zeros == [0, 3])
    }

    @Test("a cutover on the grid gives one time")
    func cutoverOnGrid() {
        let times = times(3600, 10_800, beginning: 7200)
        #expect(times.seconds == [3600, 7199, 7200, 10_800])
        #expect(times.zeros == [0, 2])
    }

    @Test("where the exporter counts from before the start, counters do not begin at 0")
    func cutoverBefore() {
        let times = times(7200, 10_800, beginning: 5000)
        #expect(times.seconds == [7200, 10_800])
        #expect(times.cutover == 0)
        #expect(times.lastBeforeCutover == nil)
        #expect(times.zeros == [])
    }

    @Test("where the exporter counts from the very start, counters begin at 0 there")
    func cutoverAtStart() {
        let times = times(7200, 10_800, beginning: 7200)
        #expect(times.seconds == [7200, 10_800])
        #expect(times.cutover == 0)
        #expect(times.zeros == [0])
    }

    @Test("a cutover after the end is none")
    func cutoverBehind() {
        let times = times(3600, 7200, beginning: 9000)
        #expect(times.seconds == [3600, 7200])
        #expect(times.cutover == nil)
    }

    @Test("the first time at or after an instant is found")
    func index() {
        let times = times(0, 7200)
        #expect(times.index(atOrAfter: Timestamp(secondsSince1970: -5)) == 0)
        #expect(times.index(atOrAfter: Timestamp(secondsSince1970: 3600)) == 1)
        #expect(times.index(atOrAfter: Timestamp(secondsSince1970: 3600.5)) == 2)
        #expect(times.index(atOrAfter: Timestamp(secondsSince1970: 7201)) == nil)
    }
}
