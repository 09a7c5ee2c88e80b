internal import Glibc

/// A POSIX thread that receives none of the program's signals.
///
/// Signals stay with the threads that wait for them. SIGPIPE stays blocked too, so that a write to a closed connection
/// simply fails.
package struct PlainThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts a thread; `nil` if the system refuses it.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let isStarted = SignalMask.blocking {
            pthread_create(
                &thread, nil,
                { context in
                    if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                    return nil
                }, context.toOpaque()) == 0
        }
        guard isStarted else {
            context.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits until the body has returned; call it once.
    package func join() {
        pthread_join(thread, nil)
    }
}

/// Runs code that starts threads, so that those threads never receive a signal meant for the program.
package enum SignalMask {
    /// Not blocked, because otherwise a crash could not be reported.
    private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP]

    /// A new thread inherits the mask of its creator, so a mask that is set before leaves no gap for a signal.
    package static func blocking<Result>(_ body: () -> Result) -> Result {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        for signal in faults { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}
