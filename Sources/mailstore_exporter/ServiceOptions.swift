import ArgumentParser
import Configuration
import LogOutput
import Logging
import Systemd
import Web

/// The web endpoint.
struct WebOptions: ParsableArguments {
    @Option(
        name: .customLong("web.listen-address"),
        help: ArgumentHelp(
            "Address to listen on, host:port; repeatable. Put IPv6 addresses in brackets; an empty host means all "
                + "addresses.",
            valueName: "address"))
    var listenAddresses: [String] = ["127.0.0.1:9463"]

    @Flag(
        name: .customLong("web.systemd-socket"),
        help: "Listen on the sockets that systemd passes, instead of --web.listen-address.")
    var usesSystemdSocket = false

    @Option(
        name: .customLong("web.telemetry-path"),
        help: ArgumentHelp("Path of the metrics.", valueName: "path"))
    var telemetryPath = WebSettings.usualTelemetryPath

    @Option(
        name: .customLong("web.config.file"),
        help: ArgumentHelp(
            "TLS, authentication and headers, in the file format that Prometheus exporters share.", valueName: "file"))
    var configurationFile: String?

    @Option(
        name: .customLong("web.max-connections"),
        help: ArgumentHelp(
            "Maximum number of simultaneous connections, on all addresses together; for each further one the one that "
                + "waits longest is closed.",
            valueName: "number"))
    var maximumConnections = 1024

    @Option(
        name: .customLong("web.max-connections-per-address"),
        help: ArgumentHelp("Maximum number of simultaneous connections from one address.", valueName: "number"))
    var maximumConnectionsPerAddress = 768

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: "Allow POST /-/reload, which reloads the configuration as SIGHUP does.")
    var enablesLifecycle = false

    /// - Throws: A message that names the flag.
    func parse() throws -> WebSettings {
        let addresses = try listenAddresses.map { text in
            do {
                return try ListenAddress(parsing: text)
            } catch {
                throw Failure("--web.listen-address: \(error)", code: .configuration)
            }
        }
        for (flag, number) in [
            ("--web.max-connections", maximumConnections),
            ("--web.max-connections-per-address", maximumConnectionsPerAddress),
        ] where !(1...100_000).contains(number) {
            throw Failure("\(flag): \(number) is out of range; use a number from 1 to 100000", code: .configuration)
        }
        var settings = WebSettings(listenAddresses: addresses)
        do {
            try settings.setTelemetryPath(telemetryPath)
        } catch {
            throw Failure("--web.telemetry-path: \(error)", code: .configuration)
        }
        settings.usesSystemdSocket = usesSystemdSocket
        settings.enablesLifecycle = enablesLifecycle
        settings.configurationFile = configurationFile
        settings.maximumConnections = maximumConnections
        settings.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        return settings
    }
}

/// The level and the format of the log.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log.level"), help: ArgumentHelp("Lowest level that is logged.", valueName: "level"))
    var level = LogLevel.info

    @Option(name: .customLong("log.format"), help: ArgumentHelp("Format of log lines.", valueName: "format"))
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

/// One listener of the web endpoint: an address of the command line, or a socket that systemd has passed.
struct ListenEndpoint: Sendable, CustomStringConvertible {
    /// A numeric address or a name; the path of a local socket.
    var host: String
    /// 0 lets the system choose; unused for a socket that systemd has passed.
    var port: Int
    /// The socket that systemd has passed.
    var adopted: ActivationSocket?
    var description: String

    init(_ address: ListenAddress) {
        host = address.host
        port = address.port
        description = "\(address)"
    }

    init(_ socket: ActivationSocket) {
        host = socket.address.host
        port = 0
        adopted = socket
        description = host
    }
}
