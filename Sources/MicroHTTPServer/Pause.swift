internal import Glibc

/// Waiting on a plain thread, for the short time that a server takes to stop.
enum Pause {
    private static let interval = timespec(tv_sec: 0, tv_nsec: 2_000_000)

    /// Returns when the condition holds or the seconds are over.
    static func until(atMost seconds: Double = .infinity, _ condition: () -> Bool) {
        let end = now() + seconds
        while !condition() && now() < end {
            var interval = interval
            nanosleep(&interval, nil)
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
