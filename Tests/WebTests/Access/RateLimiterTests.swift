import TestSupport
import Testing

@testable import Web

@Suite("The rate limit")
struct RateLimiterTests {
    @Test("a burst is let through, then one request in each interval")
    func burst() {
        let time = ManualTime()
        let limiter = RateLimiter(
            RateLimit(interval: .seconds(2), burst: 3), uptime: time.clock.uptime)
        #expect((0..<5).map { _ in limiter.admits() } == [true, true, true, false, false])
        time.advance(by: .milliseconds(1999))
        #expect(!limiter.admits())
        time.advance(by: .milliseconds(1))
        #expect(limiter.admits())
        #expect(!limiter.admits())
        time.advance(by: .seconds(4))
        #expect((0..<3).map { _ in limiter.admits() } == [true, true, false])
    }

    @Test("a long silence gives no more than the burst; what was refused costs nothing")
    func silence() {
        let time = ManualTime()
        let limiter = RateLimiter(RateLimit(interval: .seconds(1), burst: 2), uptime: time.clock.uptime)
        time.advance(by: .seconds(86_400))
        #expect((0..<10).filter { _ in limiter.admits() }.count == 2)
        time.advance(by: .seconds(1))
        #expect((0..<10).filter { _ in limiter.admits() }.count == 1)
    }
}
