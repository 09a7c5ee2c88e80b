internal import CMicroHTTPD
internal import Glibc
internal import OperatingSystem

/// All connections of a server, counted against its limits.
///
/// The acceptor adds a connection before libmicrohttpd gets it, and it is removed when libmicrohttpd is about to close
/// its socket. Both happen under the lock, and so does every shutdown of a socket: a descriptor that was closed and now
/// belongs to another file is never shut down.
///
/// A new connection always gets in. At a limit the connection is closed that has waited longest without a complete
/// request, then the one whose client reads its reply most slowly.
final class ConnectionTable: Sendable {
    struct Entry {
        var record: ConnectionRecord
        /// Whether libmicrohttpd has started the connection: before that it may close the socket without a callback.
        var isStarted = false
        var phase = ConnectionPhase.fresh
        /// When the phase began and when it must have ended, in milliseconds of `MonotonicTime`.
        var began: Int64
        var deadline: Int64
        /// Replies that were sent completely.
        var replies = 0
        /// The client has closed its sending side.
        var isHalfClosed = false
        /// The body of the reply that is being sent, if it is large.
        var body: ObjectIdentifier?
        /// Bytes that the client had received when the reply began.
        var received: UInt64 = 0
    }

    struct State {
        var entries: [Int32: Entry] = [:]
        var queues = ConnectionQueues()
        var perNetwork: [ClientNetwork: Int] = [:]
        var pinned = PinnedBodies()
        var slowReaders = SlowReaders()
        /// When the deadlines of the replies are checked again, because these are in no order.
        var nextReaderCheck: Int64 = 0
        var lastNumber: UInt32 = 0
        var isDraining = false
        /// Whether replies were discarded since freed memory was last returned to the system, and when to do it next.
        var hasDiscarded = false
        var nextTrim: Int64 = 0
        var counts = ConnectionCounts()
    }

    let limits: ConnectionLimits
    /// Reports ends of clients, and wakes the acceptor.
    let watch: ConnectionWatch
    /// The milliseconds of `MonotonicTime`.
    private let clock: @Sendable () -> Int64
    private let state = Locked(State())

    init(
        limits: ConnectionLimits, watch: ConnectionWatch, clock: @escaping @Sendable () -> Int64 = { MonotonicTime.now }
    ) {
        self.limits = limits
        self.watch = watch
        self.clock = clock
    }

    var counts: ConnectionCounts {
        state.withLock { state in
            var counts = state.counts
            counts.open = state.open
            return counts
        }
    }

    func count(_ change: (inout ConnectionCounts) -> Void) {
        state.withLock { change(&$0.counts) }
    }

    /// Whether so many connections wait for the event loops to close them that no new one should be accepted.
    var isCrowded: Bool {
        state.withLock { $0.queues.count(.closing) >= ConnectionLimits.mostClosing }
    }

    /// Adds a new connection, if necessary in place of another; nil if none can be closed for it.
    func admit(_ descriptor: Int32, from network: ClientNetwork) -> ConnectionRecord? {
        let now = clock()
        return state.withLock { state in
            // The descriptor is in use again, so its previous connection has ended.
            state.remove(descriptor)
            if state.perNetwork[network] ?? 0 >= limits.perNetwork {
                guard state.displace(of: network, now) else { return nil }
                state.counts.displacedOfAddress += 1
            } else if state.open >= limits.total {
                guard state.displace(of: nil, now) else { return nil }
                state.counts.displaced += 1
            }
            state.counts.accepted += 1
            state.lastNumber &+= 1
            let record = ConnectionRecord(descriptor: descriptor, number: state.lastNumber, network: network)
            state.entries[descriptor] = Entry(record: record, began: now, deadline: now + limits.first)
            state.queues.move(descriptor, to: .fresh)
            state.perNetwork[network, default: 0] += 1
            return record
        }
    }

    /// Whether there are connections that libmicrohttpd has not started yet, and that cannot be closed until then.
    var waitsForStart: Bool {
        state.withLock { state in state.entries.values.contains { !$0.isStarted } }
    }

    /// Counts a new connection that is closed because it could not be admitted.
    func drop() {
        count {
            $0.accepted += 1
            $0.dropped += 1
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

    /// Notes that the request is complete; false if it came too late.
    func requestArrived(_ record: ConnectionRecord) -> Bool {
        let now = clock()
        return state.withLock { state in
            guard let entry = state.entry(record) else { return false }
            if entry.phase != .answering { state.enter(.answering, record.descriptor, now, ConnectionLimits.never) }
            return true
        }
    }

    /// Notes that a reply will now be sent; false if the connection is being closed.
    func replyBegins(_ record: ConnectionRecord, body: ResponseBody?) -> Bool {
        let now = clock()
        return state.withLock { state in
            guard state.entry(record) != nil else { return false }
            let descriptor = record.descriptor
            state.enter(.sending, descriptor, now, now + limits.reply(ofSize: body?.size ?? 0))
            guard let body, body.size >= ConnectionLimits.smallestPinned else { return true }
            state.entries[descriptor]?.body = ObjectIdentifier(body)
            state.entries[descriptor]?.received = mhd_shim_bytes_received(descriptor)
            state.pinned.add(ObjectIdentifier(body), size: body.size)
            if limits.reply != nil { state.unpin(newest: ObjectIdentifier(body)) }
            return true
        }
    }

    /// Keeps the connection for the next request, unless the client or the server is about to end it.
    func replyEnded(_ record: ConnectionRecord) {
        let now = clock()
        let isDeparting = state.withLock { state in
            guard let entry = state.entry(record) else { return false }
            let descriptor = record.descriptor
            state.entries[descriptor]?.replies += 1
            if entry.isHalfClosed {
                state.enter(.departing, descriptor, now, now + ConnectionLimits.departure)
            } else {
                state.enter(entry.replies == 0 ? .idle : .regular, descriptor, now, now + limits.next)
            }
            if state.isDraining { state.close(descriptor) }
            return entry.isHalfClosed
        }
        if isDeparting { watch.wake() }
    }

    /// Notes that the client has closed its sending side, or the whole connection.
    ///
    /// A connection without a complete request is closed soon: libmicrohttpd can miss the end of a client whose last
    /// bytes came with it, because it uses edge-triggered events and does not read until nothing is left.
    func clientEnded(_ id: UInt64) {
        let now = clock()
        state.withLock { state in
            let descriptor = ConnectionRecord.descriptor(of: id)
            guard let entry = state.entries[descriptor], entry.record.id == id, !entry.isHalfClosed else { return }
            state.entries[descriptor]?.isHalfClosed = true
            guard [.fresh, .idle, .regular].contains(entry.phase) else { return }
            state.enter(.departing, descriptor, now, now + ConnectionLimits.departure)
        }
    }

    /// Closes the connections whose deadline has passed.
    ///
    /// - Returns: Milliseconds after which to call it again, or nil if there are no connections.
    func sweep() -> Int64? {
        let now = clock()
        return state.withLock { state in
            // In these phases all have the same time, so they are in the order of their deadlines.
            for phase in [ConnectionPhase.departing, .fresh, .idle, .regular] {
                while let descriptor = state.queues.first(phase), let entry = state.entries[descriptor],
                    entry.deadline <= now
                {
                    if phase != .departing { state.counts.overdue += 1 }
                    if entry.isStarted { state.close(descriptor) } else { state.remove(descriptor) }
                }
            }
            if now >= state.nextReaderCheck {
                state.nextReaderCheck = now + limits.sweepInterval
                for descriptor in state.queues.all(.sending) where state.entries[descriptor]?.deadline ?? now <= now {
                    state.counts.slow += 1
                    state.close(descriptor, discarding: true)
                }
            }
            guard !state.entries.isEmpty else { return nil }
            let departing = state.queues.first(.departing).flatMap { state.entries[$0]?.deadline }
            return min(limits.sweepInterval, departing.map { max($0 - now, 1) } ?? limits.sweepInterval)
        }
    }

    /// Returns memory that discarded replies have used to the system.
    func returnMemory() {
        let now = clock()
        let isDue = state.withLock { state in
            guard state.hasDiscarded, now >= state.nextTrim, state.queues.count(.closing) == 0 else { return false }
            state.hasDiscarded = false
            state.nextTrim = now + ConnectionLimits.trimInterval
            return true
        }
        if isDue { FreedMemory.trim() }
    }

    /// Closes the idle connections, and from now on every other one after its reply.
    func drain() {
        state.withLock { state in
            state.isDraining = true
            for phase in [ConnectionPhase.departing, .idle, .regular] {
                for descriptor in state.queues.all(phase) where state.entries[descriptor]?.isStarted == true {
                    state.close(descriptor)
                }
            }
        }
    }
}

extension ConnectionTable.State {
    /// Connections that count against the limits.
    var open: Int { entries.count - queues.count(.closing) }

    /// The connection's entry, unless it is being closed.
    func entry(_ record: ConnectionRecord) -> ConnectionTable.Entry? {
        guard let entry = entries[record.descriptor], entry.record === record, entry.phase != .closing else {
            return nil
        }
        return entry
    }

    mutating func enter(_ phase: ConnectionPhase, _ descriptor: Int32, _ now: Int64, _ deadline: Int64) {
        release(bodyOf: descriptor)
        entries[descriptor]?.phase = phase
        entries[descriptor]?.began = now
        entries[descriptor]?.deadline = deadline
        queues.move(descriptor, to: phase)
    }

    /// Shuts the socket down; libmicrohttpd then closes it.
    ///
    /// - Parameter discarding: Whether to discard what the client has not read, which the kernel would keep for minutes.
    mutating func close(_ descriptor: Int32, discarding: Bool = false) {
        guard let entry = entries[descriptor] else { return }
        if discarding {
            hasDiscarded = true
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        shutdown(descriptor, Int32(SHUT_RDWR))
        leave(entry.record.network)
        enter(.closing, descriptor, entry.began, entry.deadline)
    }

    mutating func remove(_ descriptor: Int32) {
        release(bodyOf: descriptor)
        guard let entry = entries.removeValue(forKey: descriptor) else { return }
        queues.remove(descriptor)
        if entry.phase != .closing { leave(entry.record.network) }
    }

    private mutating func leave(_ network: ClientNetwork) {
        perNetwork[network] = perNetwork[network].flatMap { $0 > 1 ? $0 - 1 : nil }
    }

    private mutating func release(bodyOf descriptor: Int32) {
        guard let body = entries[descriptor]?.body else { return }
        entries[descriptor]?.body = nil
        pinned.remove(body)
    }
}
