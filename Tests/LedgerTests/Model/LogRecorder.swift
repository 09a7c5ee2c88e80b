import Logging
import TestSupport

@testable import OperatingSystem

/// Keeps what is logged.
final class LogRecorder: Sendable {
    private let recorded = Locked<[String]>([])

    /// Each line: level, message, metadata.
    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = (["\(event.level): \(event.message)"] + details).joined(separator: "; ")
            recorder.recorded.withLock { $0.append(line) }
        }
    }
}
