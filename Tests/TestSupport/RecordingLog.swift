package import Logging
import OperatingSystem

/// Keeps what is logged.
package final class RecordingLog: Sendable {
    package struct Event: Sendable, Equatable {
        package var level: Logger.Level
        package var message: String
        package var metadata: [String: String]

        /// Level, message and metadata in one line.
        var line: String {
            let details = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return (["\(level): \(message)"] + details).joined(separator: "; ")
        }
    }

    private let box = Locked<[Event]>([])

    package init() {}

    package var events: [Event] {
        box.withLock { $0 }
    }

    package var lines: [String] {
        events.map(\.line)
    }

    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private func append(_ event: Event) {
        box.withLock { $0.append(event) }
    }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
            log.append(
                Event(
                    level: event.level, message: event.message.description,
                    metadata: merged.mapValues(\.description)))
        }
    }
}
