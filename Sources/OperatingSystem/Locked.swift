internal import Glibc

/// A value that several threads share, protected by a lock.
///
/// The lock is a POSIX mutex, because ThreadSanitizer understands it. It does not understand `Synchronization.Mutex`,
/// which is built on futexes, and would report races that do not exist.
// Safety: the value is read and written only in `withLock`, by the thread that holds the mutex.
package struct Locked<Value>: @unchecked Sendable {
    /// The value and its mutex in one allocation, where neither ever moves.
    private final class Storage: ManagedBuffer<Value, pthread_mutex_t> {
        deinit {
            withUnsafeMutablePointerToElements { _ = pthread_mutex_destroy($0) }
        }
    }

    private let storage: ManagedBuffer<Value, pthread_mutex_t>

    package init(_ value: sending Value) {
        storage = Storage.create(minimumCapacity: 1) { _ in value }
        storage.withUnsafeMutablePointerToElements { _ = pthread_mutex_init($0, nil) }
    }

    /// Runs `body` with exclusive access to the value.
    ///
    /// The body must be short, and must not take the same lock again.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeMutablePointers { (value, mutex) throws(Failure) in
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&value.pointee)
        }
    }
}
