internal import Glibc

/// A POSIX thread that takes no signals.
///
/// Signals stay with the threads that wait for them. SIGPIPE, which a write of the TLS library to a closed connection
/// raises in the writing thread, stays blocked here and the write simply fails; libcurl is told not to touch signals.
struct EngineThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts a thread; `nil` where the system refuses it.
    init?(_ body: @escaping @Sendable () -> Void) {
        var blocked = sigset_t()
        var previous = sigset_t()
        sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&blocked, fault) }
        // The mask is inherited: set here, no signal can reach the thread before it would set its own.
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let context = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, runBody, context.toOpaque())
        guard status == 0 else {
            context.release()
            return nil
        }
        self.thread = thread

        func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }
    }

    /// Waits until the thread has ended.
    func join() {
        pthread_join(thread, nil)
    }
}
