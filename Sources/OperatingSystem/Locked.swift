internal import Glibc

/// A value that several threads share, each of them alone with it for a moment.
///
/// The lock is a POSIX mutex, whose hand-over from thread to thread ThreadSanitizer sees. It does not see that of
/// `Synchronization.Mutex`, which waits in the kernel by itself, and reports races where there are none.
package final class Locked<Value>: @unchecked Sendable {
    // Safety: `value` is touched in `withLock` alone, by the thread that holds `mutex`.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the value while no other thread can reach it.
    ///
    /// The body must be short, and must not take the same lock again.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
