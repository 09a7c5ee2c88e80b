internal import CMicroHTTPD
internal import Glibc
internal import OperatingSystem

/// Tells when a client closes its connection while libmicrohttpd does not look at it, as it does not at suspended ones.
///
/// One thread a server, from the first suspended request on.
final class DepartureWatch: Sendable {
    private let poll: Int32
    private let wakeup: Int32
    private let thread = Locked<PlainThread?>(nil)
    private let departed: @Sendable (UInt64) -> Void

    /// The identifier of the event that ends the thread; requests are counted from 1.
    private static let stopID: UInt64 = 0

    /// - Parameter departed: called on the watch's thread with the identifier that was given to `add`.
    init?(departed: @escaping @Sendable (UInt64) -> Void) {
        self.departed = departed
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC))
        guard poll >= 0, wakeup >= 0, control(EPOLL_CTL_ADD, wakeup, EPOLLIN.rawValue, Self.stopID) else { return nil }
        let thread = PlainThread { self.loop() }
        guard let thread else { return nil }
        self.thread.withLock { $0 = thread }
    }

    deinit {
        if poll >= 0 { close(poll) }
        if wakeup >= 0 { close(wakeup) }
    }

    /// Watches a socket until its client leaves or `remove`, whichever is first.
    func add(_ socket: Int32, id: UInt64) {
        _ = control(EPOLL_CTL_ADD, socket, EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue, id)
    }

    func remove(_ socket: Int32) {
        _ = control(EPOLL_CTL_DEL, socket, 0, 0)
    }

    /// Ends the thread; to be called once.
    func stop() {
        var one: UInt64 = 1
        write(wakeup, &one, MemoryLayout<UInt64>.size)
        thread.withLock { $0.take() }?.join()
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ id: UInt64) -> Bool {
        var event = epoll_event(events: events, data: epoll_data_t(u64: id))
        return epoll_ctl(poll, operation, descriptor, &event) == 0
    }

    private func loop() {
        while true {
            var event = epoll_event()
            let count = epoll_wait(poll, &event, 1, -1)
            if count == 1 {
                if event.data.u64 == Self.stopID { return }
                departed(event.data.u64)
            } else if errno != EINTR {
                return
            }
        }
    }
}
