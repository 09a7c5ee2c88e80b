internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// Accepts the connections of the listening sockets and passes them to the event loops; closes those that take too
/// long, and those whose clients have left.
///
/// libmicrohttpd can accept connections itself, but it spins when no descriptor is left for its first connection,
/// cannot choose which connection to close at a limit, and limits only idle time. Each server has one such thread.
final class Acceptor: Sendable {
    private let listeners: [Int32]
    private let loops: EventLoops
    private let table: ConnectionTable
    private let suspended: SuspendedRequests
    private let isStopped = Atomic<Bool>(false)

    /// Milliseconds to wait when the system has no descriptor left: the first time and at most.
    private static let pause: (first: Int64, longest: Int64) = (5, 500)
    /// Milliseconds to wait for the event loops to close connections.
    private static let crowdedPause: Int64 = 2
    /// How often to wait for the event loops to start connections, before a new one is dropped.
    private static let triesForStart = 20
    /// The most connections to accept from a socket before the others and the deadlines are checked again.
    private static let batch = 64

    /// - Parameter listeners: Non-blocking listening sockets; the caller closes them after `run`.
    init(listeners: [Int32], loops: EventLoops, table: ConnectionTable, suspended: SuspendedRequests) {
        self.listeners = listeners
        self.loops = loops
        self.table = table
        self.suspended = suspended
    }

    /// Ends `run`, from any thread.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        table.watch.wake()
    }

    /// Accepts until `stop`.
    func run() {
        var pause = Self.pause.first
        var acceptFrom: Int64 = 0
        // Checked before each wait, because `handleEnds` may have consumed the wakeup of `stop`.
        while !isStopped.load(ordering: .acquiring) {
            let next = table.sweep()
            table.returnMemory()
            let now = MonotonicTime.now
            let isPaused = now < acceptFrom
            var wait = next ?? -1
            if isPaused { wait = wait < 0 ? acceptFrom - now : min(wait, acceptFrom - now) }
            // poll ignores negative descriptors.
            var events = ([table.watch.descriptor] + listeners.map { isPaused ? -1 : $0 }).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&events, nfds_t(events.count), Int32(wait))
            if events[0].revents != 0 { handleEnds() }
            for event in events.dropFirst() where event.revents != 0 {
                switch acceptBatch(event.fd) {
                case .done: pause = Self.pause.first
                case .crowded: acceptFrom = MonotonicTime.now + Self.crowdedPause
                case .failed:
                    table.count { $0.failedAccepts += 1 }
                    acceptFrom = MonotonicTime.now + pause
                    pause = min(pause * 2, Self.pause.longest)
                }
            }
        }
    }

    private func handleEnds() {
        for event in table.watch.events() {
            switch event {
            case .halfClosed(let id): table.clientEnded(id)
            case .closed(let id):
                table.clientEnded(id)
                suspended.cancel(id)
            }
        }
    }

    private enum Outcome {
        case done
        /// Connections that were shut down wait for the event loops.
        case crowded
        /// The system has no descriptor or memory left.
        case failed
    }

    /// Accepts the waiting connections of a socket.
    private func acceptBatch(_ listener: Int32) -> Outcome {
        for _ in 0..<Self.batch {
            if table.isCrowded { return .crowded }
            var address = sockaddr_storage()
            var size = socklen_t()
            let descriptor = mhd_shim_accept(listener, &address, &size)
            if descriptor >= 0 {
                pass(descriptor, address, size)
                continue
            }
            switch errno {
            case EAGAIN: return .done
            // Errors of one connection that ended in the queue (accept(2)), or a signal.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH: continue
            default: return .failed
            }
        }
        return .done
    }

    private func pass(_ descriptor: Int32, _ address: sockaddr_storage, _ size: socklen_t) {
        let network = ClientNetwork(address)
        var record = table.admit(descriptor, from: network)
        var triesLeft = Self.triesForStart
        while record == nil, triesLeft > 0, table.waitsForStart {
            triesLeft -= 1
            var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.crowdedPause) * 1_000_000)
            nanosleep(&pause, nil)
            record = table.admit(descriptor, from: network)
        }
        guard let record else {
            table.drop()
            close(descriptor)
            return
        }
        table.watch.add(record)
        // Only this thread adds descriptors, so this one has not been reused in the meantime.
        if !loops.add(descriptor, address, size) { table.ended(descriptor) }
    }
}
