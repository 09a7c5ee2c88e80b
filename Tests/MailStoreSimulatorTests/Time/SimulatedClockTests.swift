import Testing

@testable import MailStoreSimulator

@Suite("The simulated clock")
struct SimulatedClockTests {
    @Test("passes faster than the real one by its speed", arguments: [(1.0, 110.0), (60.0, 700.0), (0.0, 100.0)])
    func speed(speed: Double, expected: Double) {
        let clock = SimulatedClock(real: 1000, simulated: 100, speed: speed)
        #expect(clock.simulated(at: 1010) == expected)
    }

    @Test("goes on from where it is when it is set or its speed changes")
    func changes() {
        var clock = SimulatedClock(real: 0, simulated: 0, speed: 10)
        clock.set(speed: 2, at: 5)
        #expect(clock.simulated(at: 6) == 52)
        clock.set(to: 1000, at: 6)
        #expect(clock.simulated(at: 7) == 1002)
    }
}
