internal import Dispatch

/// A plain thread that runs jobs which may block, one after the other.
///
/// Swift's tasks share a few threads, one for each core. A job that waits for a disk would take one of them away from
/// all other tasks, so such jobs run here, and the tasks wait without a thread.
package final class WorkerThread: Sendable {
    package typealias Job = @Sendable () -> Void

    private struct State {
        var jobs: [Job] = []
        var isStarted = false
        var completed: UInt64 = 0
    }

    /// The thread for files in the state directory.
    package static let stateFiles = WorkerThread()

    /// For limits: a disk takes real time, whatever clock a test gives to the rest.
    package let clock: Clock
    private let state = Locked(State())
    /// Counts the jobs in the queue.
    private let queued = DispatchSemaphore(value: 0)

    package init(clock: Clock = .system) {
        self.clock = clock
    }

    /// How many jobs have ended: if the number does not change, the thread is stuck or idle.
    package var completed: UInt64 {
        state.withLock { $0.completed }
    }

    /// Adds a job to the queue; the thread starts with the first one.
    package func run(_ job: @escaping Job) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isStarted = true }
            return !state.isStarted
        }
        queued.signal()
        // The thread keeps the object, so it lives as long as the process.
        guard isFirst, PlainThread({ self.work() }) == nil else { return }
        // The system refuses another thread: the next job tries again.
        state.withLock { $0.isStarted = false }
    }

    /// Runs a job, and waits for its result without blocking a thread.
    ///
    /// - Returns: `nil` if the job has not ended within `limit`. It stays in the queue, and may still run.
    package func result<Value: Sendable>(
        within limit: Duration, of job: @escaping @Sendable () -> Value
    ) async -> Value? {
        let isOpen = Locked(true)
        return await withCheckedContinuation { continuation in
            let answer: @Sendable (Value?) -> Void = { value in
                let isFirst = isOpen.withLock { isOpen in
                    defer { isOpen = false }
                    return isOpen
                }
                if isFirst { continuation.resume(returning: value) }
            }
            // Not part of the waiting task: its cancellation must not shorten the limit.
            let timer = Task { [clock] in
                do { try await clock.sleep(limit) } catch { return }
                answer(nil)
            }
            run {
                answer(job())
                timer.cancel()
            }
        }
    }

    private func work() {
        while true {
            queued.wait()
            let job = state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
            job?()
            state.withLock { $0.completed += 1 }
        }
    }
}
