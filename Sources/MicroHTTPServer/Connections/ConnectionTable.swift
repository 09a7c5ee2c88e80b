internal import Glibc
internal import OperatingSystem

/// All connections of a server, counted against its limits.
///
/// A connection is entered by the acceptor before libmicrohttpd gets it and taken out when libmicrohttpd is about to
/// close its socket; both under the lock, under which alone a socket is shut down. So no number of a socket that was
/// closed, and is another file's by now, is ever shut down.
final class ConnectionTable: Sendable {
    private struct Entry {
        var record: ConnectionRecord
        /// libmicrohttpd has taken it: until then it may close the socket without a word.
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

    /// Enters a new connection; false if there is no room to answer it at all.
    func admit(_ descriptor: Int32, from network: ClientNetwork) -> Bool {
        let now = MonotonicTime.now
        return state.withLock { state in
            // The number is free again, so whatever had it is gone.
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

    /// To be called before the socket is closed.
    func ended(_ descriptor: Int32) {
        state.withLock { $0.remove(descriptor) }
    }

    /// The connection is kept for a next request, but not when the server is about to stop.
    func replyEnded(_ record: ConnectionRecord) {
        record.replyEnded(nextUntil: limits.next.map { MonotonicTime.now + $0 } ?? ConnectionRecord.never)
        state.withLock { state in
            if state.isDraining && record.expireIfKept() { shutdown(record.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes what has taken too long to ask for something.
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

    /// Closes the connections that are kept between requests, and from now on each one after its reply.
    func drain() {
        state.withLock { state in
            state.isDraining = true
            for (descriptor, entry) in state.entries where entry.isStarted && entry.record.expireIfKept() {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }
    }
}
