internal import Glibc

/// The descriptors 0 to 2, which a program may be started without.
package enum StandardDescriptors {
    /// Opens `/dev/null` in the place of those that are closed.
    ///
    /// Otherwise the next socket or file that the program opens would get the number, and log lines would be written
    /// into it.
    package static func openMissing() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one, because those below it are open.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// Has a write to a closed pipe fail, instead of ending the program.
    package static func ignoreClosedPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
