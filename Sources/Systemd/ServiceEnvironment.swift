import Glibc

/// The environment variables of systemd: sd_notify(3), sd_watchdog_enabled(3) and sd_listen_fds(3).
///
/// Without them there is no service manager to notify.
package struct ServiceEnvironment: Sendable, Equatable {
    /// The socket for notifications: a path, or `@` and a name for an abstract socket.
    var notifySocket: String?
    /// The longest time between two watchdog keep-alives; nil if the watchdog is off.
    var watchdogPeriod: Duration?
    /// The sockets that were passed; nil if there are none.
    package var listening: Listening?

    /// The variables of socket activation, unparsed.
    package struct Listening: Sendable, Equatable {
        /// The number of descriptors, which begin at 3.
        var count: String
        /// Names, separated by colons.
        var names: String?
        /// The process for which they are intended, if it is not this one.
        var otherProcess: String?
    }

    /// - Parameter process: The id of this process.
    init(_ environment: [String: String], process: Int32 = getpid()) {
        notifySocket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        if isMeant, let period = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), period > 0 {
            watchdogPeriod = .microseconds(period)
        }
        if let count = environment["LISTEN_FDS"] {
            let meant = environment["LISTEN_PID"]
            listening = Listening(
                count: count, names: environment["LISTEN_FDNAMES"],
                otherProcess: meant == String(process) ? nil : meant ?? "none")
        }
    }

    /// Reads the variables and unsets them, so that child processes do not send notifications for this one.
    package static func take(from environment: [String: String]) -> ServiceEnvironment {
        for name in variables where environment[name] != nil { unsetenv(name) }
        return ServiceEnvironment(environment)
    }

    private static let variables = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
    ]
}
