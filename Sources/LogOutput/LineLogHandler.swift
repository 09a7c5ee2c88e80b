internal import Glibc
package import Logging
import OperatingSystem

/// Writes log lines to standard error, a line an event, in the formats of the Prometheus world.
///
/// Where standard error is the systemd journal, each line begins with its priority, which the journal takes off, so
/// that `journalctl -p warning` finds what it should. A logfmt line then goes without the time, which the journal shows;
/// JSON keeps it, for programs that are handed the message alone.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let isJournal: Bool
    private let write: @Sendable (String) -> Void

    package init(format: LogFormat, level: Logger.Level) {
        self.init(
            format: format, level: level, isJournal: JournalStream.isStandardError, write: Self.writeToStandardError)
    }

    package init(
        format: LogFormat, level: Logger.Level, isJournal: Bool = false,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.isJournal = isJournal
        self.write = write
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let time = ("ts", Self.timestamp(Clock.system.now()))
        let fields =
            [("level", Self.name(of: event.level)), ("msg", event.message.description)]
            + merged.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        let line =
            switch format {
            case .logfmt: LogLine.logfmt(isJournal ? fields : [time] + fields)
            case .json: LogLine.json([time] + fields)
            }
        write((isJournal ? JournalStream.prefix(for: event.level) : "") + line)
    }

    /// The instant to the millisecond, as Prometheus writes it.
    private static func timestamp(_ instant: Timestamp) -> String {
        let milliseconds = Int64((instant.secondsSince1970 * 1000).rounded(.down))
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "\(CivilDateTime(secondsSince1970: milliseconds / 1000).text).\(fraction)Z"
    }

    /// Prometheus knows four levels.
    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }

    private static func writeToStandardError(_ line: String) {
        // One write a line, so that lines of several threads do not mix.
        var line = line + "\n"
        line.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
