internal import CMicroHTTPD
internal import Glibc

/// Reports clients that end their side of a connection, at any moment: libmicrohttpd does not watch suspended
/// connections, and misses an end that arrives together with the last bytes of a request.
final class ConnectionWatch: Sendable {
    /// Becomes readable with the first event.
    let descriptor: Int32
    private let wakeup: Int32

    /// The identifier of wakeups; those of connections are above it.
    private static let wakeupID: UInt64 = 0
    private static let batch = 64

    /// An event of a connection.
    enum Event {
        /// The client will send nothing more, but may still read.
        case halfClosed(UInt64)
        /// The connection is broken, or closed in both directions.
        case closed(UInt64)
    }

    init?() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard descriptor >= 0, wakeup >= 0, add(wakeup, events: EPOLLIN.rawValue, Self.wakeupID) else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if wakeup >= 0 { close(wakeup) }
    }

    /// Makes the descriptor readable, from any thread.
    func wake() {
        var one: UInt64 = 1
        write(wakeup, &one, MemoryLayout<UInt64>.size)
    }

    /// Watches a connection until its socket is closed.
    func add(_ record: ConnectionRecord) {
        _ = add(record.descriptor, events: EPOLLRDHUP.rawValue | EPOLLET.rawValue, record.id)
    }

    private func add(_ socket: Int32, events: UInt32, _ id: UInt64) -> Bool {
        var event = epoll_event(events: events, data: epoll_data_t(u64: id))
        return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
    }

    /// The events so far, without waiting.
    func events() -> [Event] {
        var buffer = [epoll_event](repeating: epoll_event(), count: Self.batch)
        let count = epoll_wait(descriptor, &buffer, Int32(buffer.count), 0)
        guard count > 0 else { return [] }
        return buffer.prefix(Int(count)).compactMap { event in
            let id = event.data.u64
            if id == Self.wakeupID {
                var counter: UInt64 = 0
                read(wakeup, &counter, MemoryLayout<UInt64>.size)
                return nil
            }
            let isClosed = event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            return isClosed ? .closed(id) : .halfClosed(id)
        }
    }
}
