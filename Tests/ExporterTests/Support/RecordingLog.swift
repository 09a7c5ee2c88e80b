import Logging
import NIOConcurrencyHelpers

/// Keeps what is logged.
final class RecordingLog: Sendable {
    struct Event: Sendable, Equatable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private let box = NIOLockedValueBox<[Event]>([])

    var events: [Event] {
        box.withLockedValue { $0 }
    }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private func append(_ event: Event) {
        box.withLockedValue { $0.append(event) }
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
