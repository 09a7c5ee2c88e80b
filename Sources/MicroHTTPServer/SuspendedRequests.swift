internal import CMicroHTTPD
internal import OperatingSystem

/// The connections that wait for a `.later` reply.
///
/// An entry is removed and its connection resumed in one critical section, so each is resumed exactly once, by its task
/// or by `close`, and none is left when the daemon stops: libmicrohttpd ends the process over a suspended one.
final class SuspendedRequests: Sendable {
    private struct Entry {
        var connection: OpaquePointer
        var context: RequestContext
        var task: Task<Void, Never>
    }

    // Safety: read and written only under the lock of `state`; the connections in it are suspended, which keeps them
    // alive, until they leave it.
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

    /// Suspends the connection until the closure has found a reply; false once closed.
    ///
    /// To be called from the access handler of the connection.
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
            // The task may be done before it is entered: it then waits for this lock.
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

    /// The client is gone: its task learns of it and, when it ends, gives the connection back.
    private func cancel(_ id: UInt64) {
        // Cancelled outside the lock, since cancellation handlers are the caller's code.
        state.withLock { $0.entries[id]?.task }?.cancel()
    }

    /// Follows replies that are again `.later`, without going back to the event loop for each.
    private static func settle(_ reply: @Sendable () async -> Reply) async -> Reply {
        var settled = await reply()
        while case .later(let next) = settled { settled = await next() }
        return settled
    }
}
