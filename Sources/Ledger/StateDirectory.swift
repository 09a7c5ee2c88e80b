import Glibc
package import Logging
package import OperatingSystem

/// The directory in which ledgers and logs survive restarts: created if it is missing, and locked.
///
/// Two exporters that write the same ledger would count runs twice or overwrite each other's counts, so the second one
/// refuses to start. The kernel always releases the lock when the process ends.
package final class StateDirectory: Sendable {
    private let path: String
    private let lock: Locked<Int32>
    private let logger: Logger
    private let take: @Sendable (Int32) -> Int32

    /// - Parameter take: Locks a descriptor without waiting, as flock(2) does; tests replace it.
    /// - Throws: ``StartupError`` with the remedy.
    package init(
        _ path: String, logger: Logger,
        take: @escaping @Sendable (Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) }
    ) throws(StartupError) {
        self.path = path
        self.logger = logger
        self.take = take
        try Self.make(path)
        lock = Locked(try Self.lock(path + "/lock", take, logger))
    }

    deinit {
        close(lock.withLock { $0 })
    }

    /// Creates and locks the directory again if somebody has removed it; the states are in memory and are saved again.
    func restoreIfMissing() {
        lock.withLock { lock in
            guard access(path, F_OK) != 0, errno == ENOENT else { return }
            do throws(StartupError) {
                try Self.make(path)
                let new = try Self.lock(path + "/lock", take, logger)
                close(lock)
                lock = new
                logger.error(
                    "the state directory was removed while the exporter runs: it was created again; find out who removes it",
                    metadata: ["directory": "\(path)"])
            } catch {
                logger.error(
                    "the state directory was removed while the exporter runs", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func make(_ path: String) throws(StartupError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            let code = errno
            if access(made, F_OK) == 0 { continue }
            throw StartupError(
                "the state directory \(path) cannot be created: \(String(cString: strerror(code))) (at \(made)); name "
                    + "another with --state.directory, or let the exporter's user write there")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StartupError("the state directory \(path) is not a directory; name another with --state.directory")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw StartupError(
                "the state directory \(path) cannot be written to: \(String(cString: strerror(errno))); let the "
                    + "exporter's user write there, or name another with --state.directory")
        }
    }

    private static func lock(
        _ path: String, _ take: (Int32) -> Int32, _ logger: Logger
    ) throws(StartupError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else {
            throw StartupError(
                "the lock file \(path) cannot be opened: \(String(cString: strerror(errno))); let the exporter's user "
                    + "write to the state directory, or name another with --state.directory")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw StartupError(
                "the lock file \(path) is a pipe, a socket or a device, not a file: move it away, or name another "
                    + "directory with --state.directory")
        }
        if take(descriptor) != 0 {
            let code = errno
            guard code != EWOULDBLOCK else {
                let holder = holder(descriptor)
                close(descriptor)
                throw StartupError(
                    "another exporter\(holder.isEmpty ? "" : " (process \(holder))") uses the state directory: stop it, "
                        + "or name another directory with --state.directory")
            }
            // Some network file systems cannot lock. That is no reason not to count.
            logger.warning(
                "the state directory cannot be locked: make sure that no other exporter uses it",
                metadata: ["file": "\(path)", "error": "\(String(cString: strerror(code)))"])
        }
        // For the error message of a second exporter; on a full disk this may fail, which does no harm.
        var line = "\(getpid())\n"
        ftruncate(descriptor, 0)
        line.withUTF8 { _ = Descriptors.write(UnsafeRawBufferPointer($0), to: descriptor) }
        return descriptor
    }

    private static func holder(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = max(0, read(descriptor, &buffer, buffer.count))
        return String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
