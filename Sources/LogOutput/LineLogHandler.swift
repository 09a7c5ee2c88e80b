package import Logging
import OperatingSystem
import PlainText

/// The format of log lines.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `ts=… level=info msg=listening address=127.0.0.1:9463`, like the log of Prometheus.
    case logfmt
    /// One JSON object on each line.
    case json
}

/// Writes log events to standard error, one line each, in the formats that Prometheus uses; see ``LogQueue``.
///
/// If standard error is the systemd journal, each line begins with its priority, which the journal strips, so that
/// `journalctl -p warning` works. A logfmt line then has no time, which the journal shows; JSON keeps it, for programs
/// that receive only the message.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let isJournal: Bool
    private let write: @Sendable (String) -> Void

    /// - Parameter queue: Writes the lines.
    package init(format: LogFormat, level: Logger.Level, queue: LogQueue = .standardError) {
        let isJournal = JournalStream.isStandardError
        self.init(format: format, level: level, isJournal: isJournal) { line in
            queue.write(line) { count in
                Self.line(
                    .warning, "lines of the log were dropped, because its reader is gone or too slow",
                    ["count": "\(count)"], format, isJournal: isJournal)
            }
        }
    }

    init(
        format: LogFormat, level: Logger.Level, isJournal: Bool = false, write: @escaping @Sendable (String) -> Void
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
        write(Self.line(event.level, event.message.description, merged, format, isJournal: isJournal))
    }

    private static func line(
        _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, _ format: LogFormat, isJournal: Bool
    ) -> String {
        let time = ("ts", timestamp(Clock.system.now()))
        let fields =
            [("level", name(of: level)), ("msg", message)]
            + metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        let line =
            switch format {
            case .logfmt: LogLine.logfmt(isJournal ? fields : [time] + fields)
            case .json: LogLine.json([time] + fields)
            }
        return (isJournal ? JournalStream.prefix(for: level) : "") + line
    }

    /// The instant to the millisecond, in the format of Prometheus.
    private static func timestamp(_ instant: Timestamp) -> String {
        let milliseconds = Int64((instant.secondsSince1970 * 1000).rounded(.down))
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "\(CivilDateTime(secondsSince1970: milliseconds / 1000).text).\(fraction)Z"
    }

    /// Prometheus has four levels.
    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }
}

/// Renders the fields of one event as a line.
enum LogLine {
    static func logfmt(_ fields: [(String, String)]) -> String {
        fields.map { "\(key($0.0))=\(value($0.1))" }.joined(separator: " ")
    }

    static func json(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(JSONText($0.0)):\(JSONText($0.1))" }.joined(separator: ",") + "}"
    }

    /// Metadata keys may come from other libraries: characters that would break the line are replaced.
    private static func key(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    }

    /// A JSON string is also a valid quoted value in logfmt.
    private static func value(_ text: String) -> String {
        !text.isEmpty && text.unicodeScalars.allSatisfy(isPlain) ? text : JSONText(text).description
    }

    /// Whether the character may appear outside quotes.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar != "=" && scalar != "\""
            && scalar != "\\"
    }
}
