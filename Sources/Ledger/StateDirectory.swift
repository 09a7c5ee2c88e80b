import Glibc
package import OperatingSystem

/// The directory in which ledgers and logs survive restarts: created if it is missing, and locked.
///
/// Two exporters that write the same ledger would count runs twice or overwrite each other's counts, so the second one
/// refuses to start. The kernel always releases the lock when the process ends.
package final class StateDirectory: Sendable {
    private let lock: Int32

    /// - Throws: ``StartupError`` with the remedy.
    package init(_ path: String) throws(StartupError) {
        try Self.make(path)
        lock = try Self.lock(path + "/lock")
    }

    deinit {
        close(lock)
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

    private static func lock(_ path: String) throws(StartupError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartupError(
                "the lock file \(path) cannot be opened: \(String(cString: strerror(errno))); let the exporter's user "
                    + "write to the state directory, or name another with --state.directory")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let count = max(0, read(descriptor, &buffer, buffer.count))
            let holder = String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
            close(descriptor)
            throw StartupError(
                "another exporter\(holder.isEmpty ? "" : " (process \(holder))") uses the state directory: stop it, or name "
                    + "another directory with --state.directory")
        }
        // For the error message of a second exporter; on a full disk this may fail, which does no harm.
        var line = "\(getpid())\n"
        ftruncate(descriptor, 0)
        line.withUTF8 { _ = WholeWrite.write(UnsafeRawBufferPointer($0), to: descriptor) }
        return descriptor
    }
}
