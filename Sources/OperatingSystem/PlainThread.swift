internal import Glibc

/// A thread of the server's own, which receives none of the program's signals.
package final class PlainThread: Sendable {
    private let body: @Sendable () -> Void
    // Safety: written in `init` before anyone else knows the object, read in `join` by its only caller.
    nonisolated(unsafe) private var thread = pthread_t()

    /// Starts the thread; nil if the system has none to give.
    package init?(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        let context = Unmanaged.passRetained(self)
        let started = SignalMask.blocking {
            pthread_create(&thread, nil, Self.run, context.toOpaque()) == 0
        }
        guard started else {
            context.release()
            return nil
        }
    }

    /// Waits until the body has returned; to be called once.
    package func join() {
        pthread_join(thread, nil)
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        Unmanaged<PlainThread>.fromOpaque(context).takeRetainedValue().body()
        return nil
    }
}
