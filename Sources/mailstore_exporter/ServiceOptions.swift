import ArgumentParser
import Configuration
import LogOutput
import Logging
import Systemd
import Web

/// Where the web endpoint listens.
struct WebOptions: ParsableArguments {
    @Option(
        name: .customLong("web.listen-address"),
        help: ArgumentHelp(
            "An address to listen on, host:port; repeatable. IPv6 hosts stand in brackets, an empty host means all.",
            valueName: "address"))
    var listenAddresses: [String] = ["127.0.0.1:9463"]

    @Flag(
        name: .customLong("web.systemd-socket"),
        help: "Listen on the sockets that systemd hands over, in place of --web.listen-address.")
    var usesSystemdSocket = false

    @Option(
        name: .customLong("web.config.file"),
        help: ArgumentHelp(
            "TLS, passwords and headers, in the file format that Prometheus's exporters share.", valueName: "file"))
    var configurationFile: String?

    @Option(
        name: .customLong("web.max-connections"),
        help: ArgumentHelp("Connections at a time; more are answered 503.", valueName: "number"))
    var maximumConnections = 512

    @Option(
        name: .customLong("web.max-connections-per-address"),
        help: ArgumentHelp("Connections at a time from one address.", valueName: "number"))
    var maximumConnectionsPerAddress = 128

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: "Let POST /-/reload read the configuration again, as SIGHUP does.")
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
        settings.usesSystemdSocket = usesSystemdSocket
        settings.enablesLifecycle = enablesLifecycle
        settings.configurationFile = configurationFile
        settings.maximumConnections = maximumConnections
        settings.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        return settings
    }
}

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

/// Where one web endpoint listens: an address of the command line, or a socket that was handed over.
struct ListenPlace: Sendable, CustomStringConvertible {
    /// A numeric address or a name; the path of a local socket.
    var host: String
    /// 0 lets the system choose; it does not count where a socket was handed over.
    var port: Int
    /// The socket that was handed over.
    var adopted: AdoptedSocket?
    var description: String

    init(_ address: ListenAddress) {
        host = address.host
        port = address.port
        description = "\(address)"
    }

    init(_ socket: AdoptedSocket) {
        host = socket.address.host
        port = 0
        adopted = socket
        description = host
    }
}
