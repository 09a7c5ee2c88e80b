import OperatingSystem

/// A token bucket: full at first, it loses a token with each request and gains one in each interval.
///
/// It is kept as the generic cell rate algorithm (ITU-T I.371, annex A), whose one number needs no rounding.
final class RateLimiter: Sendable {
    let limit: RateLimit
    private let uptime: @Sendable () -> Duration
    /// When the bucket would be full.
    private let fullAt: Locked<Duration>

    /// - Parameter uptime: A clock that only goes forward.
    init(_ limit: RateLimit, uptime: @escaping @Sendable () -> Duration) {
        self.limit = limit
        self.uptime = uptime
        fullAt = Locked(uptime())
    }

    /// Takes a token; `false` where there is none.
    func admits() -> Bool {
        let now = uptime()
        return fullAt.withLock { fullAt in
            let next = max(fullAt, now) + limit.interval
            guard next - now <= limit.interval * limit.burst else { return false }
            fullAt = next
            return true
        }
    }
}
