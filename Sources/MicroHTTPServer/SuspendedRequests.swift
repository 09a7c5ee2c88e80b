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
        /// By the identifiers of their connections, or other ones for connections without a record.
        var entries: [UInt64: Entry] = [:]

        func resume(_ entry: Entry, with reply: Reply) {
            entry.context.reply = reply
            MHD_resume_connection(entry.connection)
        }
    }

    private let state = Locked(State())

    /// Suspends the connection until the closure has a reply; false once closed.
    ///
    /// Call it only from the access handler of the connection, whose identifier `id` is.
    func suspend(
        _ connection: OpaquePointer,
        _ id: UInt64,
        _ context: RequestContext,
        until reply: @escaping @Sendable () async -> Reply
    ) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            MHD_suspend_connection(connection)
            // The task may end before its entry is added: it then waits for this lock.
            let task = Task { self.resume(id, with: await Self.settle(reply)) }
            state.entries[id] = Entry(connection: connection, context: context, task: task)
            return true
        }
    }

    /// Cancels all tasks and resumes all connections with the reply; later `suspend`s are refused.
    func close(with reply: Reply) {
        let tasks = state.withLock { state in
            state.isClosed = true
            let entries = state.entries.values
            state.entries = [:]
            for entry in entries { state.resume(entry, with: reply) }
            return entries.map(\.task)
        }
        for task in tasks { task.cancel() }
    }

    private func resume(_ id: UInt64, with reply: Reply) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            state.resume(entry, with: reply)
        }
    }

    /// Cancels the task of a client that has disconnected; the end of the task resumes the connection.
    ///
    /// Not of one that has only closed its sending side, which still waits for the reply.
    func cancel(_ id: UInt64) {
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
