internal import Glibc

/// SIGTERM and SIGINT, received by a plain thread, which also limits how long the program may take to end.
///
/// Neither the signals nor the limit depend on Swift's tasks, so they work when all of those are stuck.
package enum TerminationSignals {
    /// Why the program did not end by itself.
    package enum Overdue: Sendable {
        /// The time for its end is over.
        case late
        /// A second signal arrived.
        case repeated
    }

    /// The handler runs on any thread at any moment, so it only writes the signal's number to a pipe.
    private static let pipe: (read: Int32, write: Int32)? = {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Many signals must not fill the pipe and block the handler.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }()

    /// Handles both signals from now on; call it once.
    ///
    /// If the system has no descriptors or threads left, the signals end the program at once, as they do without this.
    ///
    /// - Parameters:
    ///   - limit: The time from the first signal to the end of the program.
    ///   - shutDown: Called for the first signal; must return at once.
    ///   - end: Called if the program is still running after the limit, or at a second signal; ends the program.
    package static func handle(
        within limit: Duration, shutDown: @escaping @Sendable () -> Void,
        end: @escaping @Sendable (Overdue) -> Never
    ) {
        guard let pipe else { return }
        let thread = PlainThread {
            while !isReadable(pipe.read, within: nil) {}
            var byte: UInt8 = 0
            _ = read(pipe.read, &byte, 1)
            let deadline = Clock.system.uptime() + limit
            shutDown()
            while true {
                let rest = deadline - Clock.system.uptime()
                if rest <= .zero { end(.late) }
                if isReadable(pipe.read, within: rest) { end(.repeated) }
            }
        }
        guard thread != nil else { return }
        for signal in [SIGTERM, SIGINT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: signal)
                if let pipe = TerminationSignals.pipe { _ = write(pipe.write, &byte, 1) }
                errno = code
            }
            action.sa_flags = SA_RESTART
            sigaction(signal, &action, nil)
        }
    }

    private static func isReadable(_ descriptor: Int32, within limit: Duration?) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.map { Int32(($0 / .milliseconds(1)).rounded(.up)) } ?? -1
        return poll(&request, 1, milliseconds) > 0
    }
}
