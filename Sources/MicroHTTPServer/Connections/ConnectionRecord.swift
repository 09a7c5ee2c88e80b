internal import Synchronization

/// What is known of one connection from accepting it to its end.
///
/// libmicrohttpd's connection holds one reference, from `retained` when it starts to `release` when it ends.
final class ConnectionRecord: Sendable {
    let descriptor: Int32
    let network: ClientNetwork
    /// True for a client above the limit, who is told so and sent away.
    let isRefused: Bool
    // Safety: written when the connection starts and read during its handshake, both on its event loop thread.
    nonisolated(unsafe) var credentials: TLSCredentials?

    /// When the request must be there: milliseconds of `MonotonicTime`, or one of the values below.
    private let deadline: Atomic<Int64>
    private let replies = Atomic<Int>(0)

    /// There is no deadline: a reply is under way.
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

    /// Ends the waiting for a request; false if it came too late.
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

    /// Waits for the next request.
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

    /// True at most once: for a connection that is kept between two requests.
    func expireIfKept() -> Bool {
        let deadline = deadline.load(ordering: .sequentiallyConsistent)
        guard deadline > 0 && replies.load(ordering: .sequentiallyConsistent) > 0 else { return false }
        return pass(from: deadline)
    }

    private func pass(from deadline: Int64) -> Bool {
        self.deadline.compareExchange(
            expected: deadline, desired: Self.passed, ordering: .sequentiallyConsistent
        ).exchanged
    }

    func retained() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(self).toOpaque()
    }

    static func release(_ pointer: UnsafeMutableRawPointer) {
        Unmanaged<ConnectionRecord>.fromOpaque(pointer).release()
    }

    static func at(_ pointer: UnsafeMutableRawPointer?) -> ConnectionRecord? {
        pointer.map { Unmanaged<ConnectionRecord>.fromOpaque($0).takeUnretainedValue() }
    }
}
