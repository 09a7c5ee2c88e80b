internal import Glibc
internal import OperatingSystem

/// All connections of a server, counted against its limits.
///
/// The acceptor adds a connection before libmicrohttpd gets it, and it is removed when libmicrohttpd is about to close
/// its socket. Both happen under the lock, and so does every shutdown of a socket: a descriptor that was closed and now
/// belongs to another file is never shut down.
final class ConnectionTable: Sendable {
    private struct Entry {
        var record: ConnectionRecord
        /// Whether libmicrohttpd has started the connection: before that it may close the socket without a callback.
        var isStarted = false
    }

    private struct State {
        var entries: [Int32: Entry] = [:]
        var perNetwork: [ClientNetwork: Int] = [:]
        var isDraining = false
        var counts = ConnectionCounts()

        mutating func remove(_ descriptor: Int32) {
            guard let entry = entries.removeValue(forKey: descriptor) else { return }
            let network = entry.record.network
            perNetwork[network] = perNetwork[network].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }

    let limits: ConnectionLimits
    private let state = Locked(State())

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    var counts: ConnectionCounts {
        state.withLock { state in
            var counts = state.counts
            counts.open = state.entries.count
            return counts
        }
    }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }

    func count(_ change: (inout ConnectionCounts) -> Void) {
        state.withLock { change(&$0.counts) }
    }

    /// Adds a new connection; false if even the reserve for refusals is full.
    func admit(_ descriptor: Int32, from network: ClientNetwork) -> Bool {
        let now = MonotonicTime.now
        return state.withLock { state in
            // The descriptor is in use again, so its previous connection has ended.
            state.remove(descriptor)
            state.counts.accepted += 1
            let total = state.entries.count
            let ofNetwork = state.perNetwork[network] ?? 0
            guard total < limits.total + ConnectionLimits.reserve(of: limits.total),
                ofNetwork < limits.perNetwork + ConnectionLimits.reserve(of: limits.perNetwork)
            else {
                state.counts.dropped += 1
                return false
            }
            let isRefused = total >= limits.total || ofNetwork >= limits.perNetwork
            let time = isRefused ? limits.refused : limits.first
            let record = ConnectionRecord(
                descriptor: descriptor, network: network, isRefused: isRefused,
                deadline: time.map { now + $0 } ?? ConnectionRecord.never)
            state.entries[descriptor] = Entry(record: record)
            state.perNetwork[network] = ofNetwork + 1
            return true
        }
    }

    /// The record of a connection that libmicrohttpd now serves.
    func started(_ descriptor: Int32) -> ConnectionRecord? {
        state.withLock { state in
            state.entries[descriptor]?.isStarted = true
            return state.entries[descriptor]?.record
        }
    }

    /// Must be called before the socket is closed.
    func ended(_ descriptor: Int32) {
        state.withLock { $0.remove(descriptor) }
    }

    /// Keeps the connection for the next request, unless the server is about to stop.
    func replyEnded(_ record: ConnectionRecord) {
        record.replyEnded(nextUntil: limits.next.map { MonotonicTime.now + $0 } ?? ConnectionRecord.never)
        state.withLock { state in
            if state.isDraining && record.expireIfIdle() { shutdown(record.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes the connections whose request did not arrive in time.
    func sweep() {
        let now = MonotonicTime.now
        state.withLock { state in
            for (descriptor, entry) in state.entries where entry.record.expire(at: now) {
                state.counts.overdue += 1
                if entry.isStarted {
                    shutdown(descriptor, Int32(SHUT_RDWR))
                } else {
                    state.remove(descriptor)
                }
            }
        }
    }

    /// Closes the idle connections, and from now on every other one after its reply.
    func drain() {
        state.withLock { state in
            state.isDraining = true
            for (descriptor, entry) in state.entries where entry.isStarted && entry.record.expireIfIdle() {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }
    }
}

/// The connections of a server: those open now, and counts since it started.
package struct ConnectionCounts: Sendable, Equatable {
    /// Open now, including those that are being refused.
    package var open = 0
    /// Accepted in total, including those that were closed at once.
    package var accepted = 0
    /// Answered 503 because a limit was reached.
    package var refused = 0
    /// Closed at once, because even the reserve for refusals was full.
    package var dropped = 0
    /// Closed because their request did not arrive in time.
    package var overdue = 0
    /// TLS handshakes that failed because of the client's certificate, or because it had none.
    package var rejectedCertificates = 0
    /// Times that accepting paused because the system had no descriptor or memory left.
    package var failedAccepts = 0

    package init() {}

    /// The combined counts of several servers.
    package static func + (left: ConnectionCounts, right: ConnectionCounts) -> ConnectionCounts {
        var sum = left
        sum.open += right.open
        sum.accepted += right.accepted
        sum.refused += right.refused
        sum.dropped += right.dropped
        sum.overdue += right.overdue
        sum.rejectedCertificates += right.rejectedCertificates
        sum.failedAccepts += right.failedAccepts
        return sum
    }
}

/// The limits on the number of connections and on the time to send a request.
struct ConnectionLimits: Sendable {
    let total: Int
    let perNetwork: Int
    /// Milliseconds from connecting to the end of the first request; nil: no limit.
    let first: Int64?
    /// Milliseconds from the end of a reply to the end of the next request; nil: no limit.
    let next: Int64?

    /// Milliseconds to send the 503 to a client above the limit, which occupies a slot of the reserve.
    var refused: Int64 { min(first ?? Self.longestRefusal, Self.longestRefusal) }

    private static let longestRefusal: Int64 = 5000

    init(_ options: ServerOptions) {
        total = max(1, options.connectionLimit)
        perNetwork = options.perAddressConnectionLimit.map { max(1, $0) } ?? Int.max / 2
        first = options.headTimeout > 0 ? MonotonicTime.milliseconds(options.headTimeout) : nil
        next = options.idleTimeout > 0 ? MonotonicTime.milliseconds(Double(options.idleTimeout)) : nil
    }

    /// Connections above a limit that are kept long enough for an answer of 503.
    static func reserve(of limit: Int) -> Int {
        min(64, max(4, limit / 8))
    }

    /// Milliseconds between two checks of the deadlines.
    var sweepInterval: Int64 {
        let shortest = min(refused, next ?? refused)
        return min(max(shortest / 4, 20), 1000)
    }
}
