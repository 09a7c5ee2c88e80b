import Dispatch
package import OperatingSystem

/// A thread for files whose disk does not answer until the test releases it.
package struct StuckThread: Sendable {
    package let thread: WorkerThread
    private let gate = DispatchSemaphore(value: 0)

    package init(time: ManualTime) {
        thread = WorkerThread(clock: time.clock)
    }

    /// Blocks the thread with a job; each ``release()`` ends one.
    package func hang() {
        thread.run { [gate] in gate.wait() }
    }

    package func release() {
        gate.signal()
    }

    /// Waits until so many jobs have ended.
    package func waitUntilCompleted(_ count: UInt64) async {
        await eventually { thread.completed >= count }
    }
}
