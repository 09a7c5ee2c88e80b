import Foundation
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection

@Suite("The server's clock and zone are kept apart from this machine's")
struct ServerClockTests {
    private let time = ManualTime()

    @Test("the present is this machine's until a skew was measured")
    func skew() {
        let clock = ServerClock(localZone: nil, clock: time.clock)
        #expect(clock.skew == nil)
        #expect(clock.now == time.now)
        clock.measured(skew: -90)
        #expect(clock.skew == -90)
        #expect(clock.now == time.now - .seconds(90))
    }

    @Test("results are asked for in UTC until the server says that it does not know it")
    func fallback() {
        let clock = ServerClock(localZone: TimeZone(identifier: "Europe/Berlin"), clock: time.clock)
        #expect(clock.requestZone.isUTC)
        #expect(clock.requestZone.argument == "UTC")
        clock.doesNotKnowUTC()
        #expect(!clock.requestZone.isUTC)
        #expect(clock.requestZone.argument == "$Local")
    }
}
