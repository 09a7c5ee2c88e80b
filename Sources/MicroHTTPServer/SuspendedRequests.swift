internal import CMicroHTTPD
internal import Glibc
internal import OperatingSystem

/// The connections that wait for a `.later` reply.
///
/// An entry is removed and its connection resumed in one critical section, so each is resumed exactly once, by its task
/// or by `close`, and none is left when the daemon stops: libmicrohttpd aborts the process if one is still suspended.
final class SuspendedRequests: Sendable {
    private struct Entry {
        var connection: OpaquePointer
        var context: RequestContext
        var task: Task<Void, Never>
    }

    // Safety: any thread, but only under the lock of `state`; the connections in it are suspended, which keeps them
    // alive, until they are removed.
    private struct State: @unchecked Sendable {
        var isClosed = false
        var lastID: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
        var watch: DepartureWatch?

        func resume(_ entry: Entry, with reply: Reply) {
            watch?.remove(mhd_shim_socket(entry.connection))
            entry.context.reply = reply
            MHD_resume_connection(entry.connection)
        }
    }

    private let state = Locked(State())

    /// Suspends the connection until the closure has a reply; false once closed.
    ///
    /// Call it only from the access handler of the connection.
    func suspend(
        _ connection: OpaquePointer,
        _ context: RequestContext,
        until reply: @escaping @Sendable () async -> Reply
    ) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.lastID += 1
            let id = state.lastID
            MHD_suspend_connection(connection)
            // The task may end before its entry is added: it then waits for this lock.
            let task = Task { self.resume(id, with: await Self.settle(reply)) }
            state.entries[id] = Entry(connection: connection, context: context, task: task)
            if state.watch == nil {
                state.watch = DepartureWatch { [weak self] id in self?.cancel(id) }
            }
            state.watch?.add(mhd_shim_socket(connection), id: id)
            return true
        }
    }

    /// Cancels all tasks and resumes all connections with the reply; later `suspend`s are refused.
    func close(with reply: Reply) {
        let (tasks, watch) = state.withLock { state in
            state.isClosed = true
            let entries = state.entries.values
            state.entries = [:]
            for entry in entries { state.resume(entry, with: reply) }
            defer { state.watch = nil }
            return (entries.map(\.task), state.watch)
        }
        for task in tasks { task.cancel() }
        watch?.stop()
    }

    private func resume(_ id: UInt64, with reply: Reply) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            state.resume(entry, with: reply)
        }
    }

    /// Cancels the task of a client that has disconnected; the end of the task resumes the connection.
    private func cancel(_ id: UInt64) {
        // Outside the lock, because cancellation handlers are the caller's code.
        state.withLock { $0.entries[id]?.task }?.cancel()
    }

    /// Runs nested `.later` replies until there is a final reply, without returning to the event loop in between.
    private static func settle(_ reply: @Sendable () async -> Reply) async -> Reply {
        var settled = await reply()
        while case .later(let next) = settled { settled = await next() }
        return settled
    }
}

/// Reports clients that close a suspended connection, which libmicrohttpd does not watch.
///
/// Each server has one such thread, from the first suspended request on.
final class DepartureWatch: Sendable {
    private let poll: Int32
    private let wakeup: Int32
    private let thread = Locked<PlainThread?>(nil)
    private let departed: @Sendable (UInt64) -> Void

    /// The identifier of the event that ends the thread; those of requests begin at 1.
    private static let stopID: UInt64 = 0

    /// - Parameter departed: Called on this thread with the identifier that was passed to `add`.
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

    /// Watches a socket until its client disconnects or `remove` is called.
    func add(_ socket: Int32, id: UInt64) {
        _ = control(EPOLL_CTL_ADD, socket, EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue, id)
    }

    func remove(_ socket: Int32) {
        _ = control(EPOLL_CTL_DEL, socket, 0, 0)
    }

    /// Ends the thread; may be called only once.
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
