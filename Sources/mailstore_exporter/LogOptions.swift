import ArgumentParser
import LogOutput
import Logging

/// How much is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log.level"), help: "The least level that is logged: debug, info, warn or error.")
    var level = LogLevel.info

    @Option(name: .customLong("log.format"), help: "How log lines are written: logfmt or json.")
    var format = LogFormat.logfmt

    enum LogLevel: String, ExpressibleByArgument, CaseIterable {
        case debug, info, warn, error
    }

    func makeLogger() -> Logger {
        let level: Logger.Level =
            switch level {
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            }
        return Logger(label: "mailstore_exporter") { _ in LineLogHandler(format: format, level: level) }
    }
}

extension LogFormat: ExpressibleByArgument {}
