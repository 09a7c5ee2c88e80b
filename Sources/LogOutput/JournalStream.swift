internal import Glibc
package import Logging

/// Whether standard error goes to the systemd journal: systemd.exec(5), `$JOURNAL_STREAM`.
package enum JournalStream {
    /// Whether standard error went there when it was first asked.
    static let isStandardError = isReached(
        by: STDERR_FILENO, getenv("JOURNAL_STREAM").map { String(cString: $0) })

    /// A message of several lines as standard error takes it: each has its priority where the journal reads it.
    package static func marked(_ text: String, _ level: Logger.Level) -> String {
        isStandardError ? mark(text, level) : text
    }

    package static func mark(_ text: String, _ level: Logger.Level) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { prefix(for: level) + $0 }
            .joined(separator: "\n")
    }

    /// - Parameter variable: what `$JOURNAL_STREAM` says: the device and the inode of the stream, `8:12345`.
    static func isReached(by descriptor: Int32, _ variable: String?) -> Bool {
        let parts = (variable ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return false }
        // The variable is inherited also where the output was sent elsewhere.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }

    /// What a line begins with so that the journal knows its priority: sd-daemon(3), syslog(3).
    package static func prefix(for level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }
}
