internal import Glibc

/// The clock of the server's time limits, which no one sets.
enum MonotonicTime {
    /// Milliseconds since an unnamed moment, always above 0.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000 + 1
    }

    /// The seconds in milliseconds, at least 1 and at most about a year.
    static func milliseconds(_ seconds: Double) -> Int64 {
        Int64(min(max(seconds * 1000, 1), 3e10))
    }
}
