internal import Glibc
internal import Synchronization

/// One connection from its acceptance to its end.
///
/// libmicrohttpd's connection holds one reference, from `retained` when it starts to `release` when it ends.
final class ConnectionRecord: CallbackContext, Sendable {
    let descriptor: Int32
    let network: ClientNetwork
    /// True for a client above the limit, which gets a 503 and is disconnected.
    let isRefused: Bool
    // Safety: written when the connection starts and read during its handshake, both on its event loop thread.
    nonisolated(unsafe) var credentials: TLSCredentials?

    /// When the request must have arrived: milliseconds of `MonotonicTime`, or one of the values below.
    private let deadline: Atomic<Int64>
    private let replies = Atomic<Int>(0)

    /// There is no deadline: a reply is being sent.
    private static let none: Int64 = 0
    /// The deadline has passed; the connection is being closed.
    private static let passed: Int64 = -1
    static let never = Int64.max

    init(descriptor: Int32, network: ClientNetwork, isRefused: Bool, deadline: Int64) {
        self.descriptor = descriptor
        self.network = network
        self.isRefused = isRefused
        self.deadline = Atomic(deadline)
    }

    /// Removes the deadline; false if the request came too late.
    func requestArrived() -> Bool {
        var expected = deadline.load(ordering: .sequentiallyConsistent)
        while expected != Self.passed {
            let (exchanged, original) = deadline.compareExchange(
                expected: expected, desired: Self.none, ordering: .sequentiallyConsistent)
            if exchanged { return true }
            expected = original
        }
        return false
    }

    /// Sets the deadline of the next request.
    func replyEnded(nextUntil moment: Int64) {
        replies.add(1, ordering: .sequentiallyConsistent)
        deadline.store(moment, ordering: .sequentiallyConsistent)
    }

    /// True at most once: when the deadline has passed.
    func expire(at now: Int64) -> Bool {
        let deadline = deadline.load(ordering: .sequentiallyConsistent)
        guard deadline > 0 && deadline <= now else { return false }
        return pass(from: deadline)
    }

    /// True at most once: for a connection that is idle between two requests.
    func expireIfIdle() -> Bool {
        let deadline = deadline.load(ordering: .sequentiallyConsistent)
        guard deadline > 0 && replies.load(ordering: .sequentiallyConsistent) > 0 else { return false }
        return pass(from: deadline)
    }

    private func pass(from deadline: Int64) -> Bool {
        self.deadline.compareExchange(
            expected: deadline, desired: Self.passed, ordering: .sequentiallyConsistent
        ).exchanged
    }
}

/// The clock for the server's time limits, which changes of the system time do not affect.
enum MonotonicTime {
    /// Milliseconds since an arbitrary moment, always above 0.
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
