/// Turns the real clock into the simulated server's.
struct SimulatedClock: Sendable {
    private var realBase: Double
    private var simulatedBase: Double
    /// Simulated seconds that pass in a real second.
    private(set) var speed: Double
    /// Seconds that the `Date` header is ahead of the simulated server's life.
    var dateOffset = 0.0

    init(real: Double, simulated: Double, speed: Double) {
        realBase = real
        simulatedBase = simulated
        self.speed = max(0, speed)
    }

    /// The simulated instant at a real one; both in seconds since 1970 (UTC).
    func simulated(at real: Double) -> Double {
        simulatedBase + max(0, real - realBase) * speed
    }

    /// Sets the simulated clock at a real instant; it goes on from there.
    mutating func set(to simulated: Double, at real: Double) {
        realBase = real
        simulatedBase = simulated
    }

    /// Changes the speed from a real instant on.
    mutating func set(speed: Double, at real: Double) {
        set(to: simulated(at: real), at: real)
        self.speed = max(0, speed)
    }
}
