import Glibc

/// What a service manager tells a program by environment variables.
///
/// They are those of sd_notify(3), sd_watchdog_enabled(3) and sd_listen_fds(3), which are what systemd sets.
/// Without the variables nobody manages the program, and nothing is said to anyone.
package struct ServiceEnvironment: Sendable, Equatable {
    /// Where notifications go: a path, or `@` and a name for an abstract socket.
    var notifySocket: String?
    /// Within this time the manager wants a sign of life, again and again; nil where it wants none.
    package var watchdogPeriod: Duration?
    /// What is said of sockets that were handed over; nil where none were.
    package var listening: Listening?

    /// The variables of socket activation, as they were written.
    package struct Listening: Sendable, Equatable {
        /// How many there are: descriptors from 3 on.
        var count: String
        /// Names, separated by colons.
        var names: String?
        /// The process that they are meant for, where it is another one than this.
        var otherProcess: String?
    }

    /// - Parameter process: the id of this process.
    package init(_ environment: [String: String], process: Int32 = getpid()) {
        notifySocket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let watched = environment["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        if watched, let period = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), period > 0 {
            watchdogPeriod = .microseconds(period)
        }
        if let count = environment["LISTEN_FDS"] {
            let meant = environment["LISTEN_PID"]
            listening = Listening(
                count: count, names: environment["LISTEN_FDNAMES"],
                otherProcess: meant == String(process) ? nil : meant ?? "none")
        }
    }

    /// Reads the variables, and takes them away from programs that this one might start: they would speak in its name.
    package static func take(from environment: [String: String]) -> ServiceEnvironment {
        for name in variables where environment[name] != nil { unsetenv(name) }
        return ServiceEnvironment(environment)
    }

    private static let variables = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
    ]
}
