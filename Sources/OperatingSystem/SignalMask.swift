internal import Glibc

/// Runs code that starts threads so that those threads never receive a signal meant for the program.
package enum SignalMask {
    /// Signals of a fault in the thread itself stay open, or a crash could not be reported.
    private static let ofFaults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP]

    package static func blocking<Result>(_ body: () -> Result) -> Result {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        for signal in ofFaults { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}
