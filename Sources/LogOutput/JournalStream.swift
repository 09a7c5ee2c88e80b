internal import Glibc
package import Logging

/// Whether standard error is the systemd journal: `$JOURNAL_STREAM` in systemd.exec(5).
package enum JournalStream {
    static let isStandardError = isReached(
        by: STDERR_FILENO, getenv("JOURNAL_STREAM").map { String(cString: $0) })

    /// The text for standard error: if that is the journal, each line begins with its priority.
    package static func marked(_ text: String, _ level: Logger.Level) -> String {
        isStandardError ? mark(text, level) : text
    }

    static func mark(_ text: String, _ level: Logger.Level) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { prefix(for: level) + $0 }
            .joined(separator: "\n")
    }

    /// - Parameter variable: The value of `$JOURNAL_STREAM`: the device and the inode of the stream, `8:12345`.
    static func isReached(by descriptor: Int32, _ variable: String?) -> Bool {
        let parts = (variable ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return false }
        // A program inherits the variable even if its output is redirected.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }

    /// The priority of a line, which the journal strips: sd-daemon(3), syslog(3).
    static func prefix(for level: Logger.Level) -> String {
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
