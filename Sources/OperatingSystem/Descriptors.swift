internal import Glibc

/// The descriptors of this process: how many it may have, those that it starts with, and writing to one.
package enum Descriptors {
    /// The soft limit of most systems.
    private static let usualLimit = 1024
    /// Libraries end the process if they cannot open a descriptor for a timer, so this is checked at the start.
    static let minimum: UInt = 64

    /// Raises the soft limit on open descriptors to the hard one.
    ///
    /// The soft limit is low only for programs that use `select`, which cannot handle descriptors above 1023.
    ///
    /// - Returns: The limit that now applies.
    @discardableResult package static func raiseLimit() -> Int {
        guard let limit else { return usualLimit }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        let isRaised = limit.rlim_cur < limit.rlim_max && setrlimit(resource, &raised) == 0
        return Int(clamping: isRaised ? raised.rlim_cur : limit.rlim_cur)
    }

    /// Checks the hard limit, up to which the soft limit can be raised.
    ///
    /// - Throws: ``StartupError`` with the remedy.
    package static func requireMinimum() throws(StartupError) {
        guard let limit, limit.rlim_max < minimum else { return }
        throw StartupError(
            "this process may open only \(limit.rlim_max) files and connections, and needs at least \(minimum); raise the "
                + "limit (ulimit -n, or LimitNOFILE= in the systemd unit)")
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    private static var limit: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    /// Opens `/dev/null` in the place of the descriptors 0 to 2 that the program was started without.
    ///
    /// Otherwise the next socket or file that the program opens would get the number, and log lines would be written
    /// into it.
    package static func openMissingStandardOnes() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one, because those below it are open.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// Has a write to a closed pipe fail, instead of ending the program.
    package static func ignoreClosedPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Writes all bytes, with as many system calls as necessary.
    ///
    /// - Returns: `false` after an error: `errno` has its number, and some bytes may have been written.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}

/// Why the exporter cannot start, with the remedy.
package struct StartupError: Error, CustomStringConvertible {
    package var description: String
    /// Whether the cause is a mistake in a file that people write, not a problem of the machine.
    package var isMistake: Bool

    package init(_ description: String, isMistake: Bool = false) {
        self.description = description
        self.isMistake = isMistake
    }
}
