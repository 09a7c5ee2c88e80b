internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// Accepts the connections of a listening socket and passes them to the event loops; closes those that take too long.
///
/// libmicrohttpd can accept connections itself, but it spins when no descriptor is left for its first connection,
/// cannot send a 503 to a client above the limit, and limits only idle time. Each server has one such thread.
final class Acceptor: Sendable {
    private let listener: Int32
    private let wakeup: Int32
    private let loops: EventLoops
    private let table: ConnectionTable
    private let isStopped = Atomic<Bool>(false)

    /// Milliseconds to wait when the system has no descriptor left: the first time and at most.
    private static let pause: (first: Int64, longest: Int64) = (5, 500)
    /// The most connections to accept before the deadlines are checked again.
    private static let batch = 64

    /// - Parameter listener: A non-blocking listening socket; the caller closes it after `run`.
    init?(listener: Int32, loops: EventLoops, table: ConnectionTable) {
        self.listener = listener
        self.loops = loops
        self.table = table
        wakeup = eventfd(0, Int32(EFD_CLOEXEC))
        guard wakeup >= 0 else { return nil }
    }

    deinit {
        if wakeup >= 0 { close(wakeup) }
    }

    /// Ends `run`, from any thread.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        var one: UInt64 = 1
        write(wakeup, &one, MemoryLayout<UInt64>.size)
    }

    /// Accepts until `stop`.
    func run() {
        let interval = table.limits.sweepInterval
        var nextSweep = MonotonicTime.now + interval
        var pause = Self.pause.first
        var acceptFrom: Int64 = 0
        while true {
            let now = MonotonicTime.now
            if now >= nextSweep {
                table.sweep()
                nextSweep = now + interval
            }
            let isPaused = now < acceptFrom
            var wait: Int64 = table.isEmpty ? -1 : nextSweep - now
            if isPaused { wait = wait < 0 ? acceptFrom - now : min(wait, acceptFrom - now) }
            var events = [
                pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0),
                // poll ignores negative descriptors.
                pollfd(fd: isPaused ? -1 : listener, events: Int16(POLLIN), revents: 0),
            ]
            poll(&events, nfds_t(events.count), Int32(wait))
            if isStopped.load(ordering: .acquiring) { return }
            if events[1].revents == 0 { continue }
            if acceptBatch() {
                pause = Self.pause.first
            } else {
                table.count { $0.failedAccepts += 1 }
                acceptFrom = MonotonicTime.now + pause
                pause = min(pause * 2, Self.pause.longest)
            }
        }
    }

    /// Accepts the waiting connections; false if accepting must pause.
    private func acceptBatch() -> Bool {
        for _ in 0..<Self.batch {
            var address = sockaddr_storage()
            var size = socklen_t()
            let descriptor = mhd_shim_accept(listener, &address, &size)
            if descriptor >= 0 {
                pass(descriptor, address, size)
                continue
            }
            switch errno {
            case EAGAIN: return true
            // Errors of one connection that ended in the queue (accept(2)), or a signal.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH: continue
            default: return false
            }
        }
        return true
    }

    private func pass(_ descriptor: Int32, _ address: sockaddr_storage, _ size: socklen_t) {
        guard table.admit(descriptor, from: ClientNetwork(address)) else {
            close(descriptor)
            return
        }
        // Only this thread adds descriptors, so this one has not been reused in the meantime.
        if !loops.add(descriptor, address, size) { table.ended(descriptor) }
    }
}
