import ArgumentParser
import Configuration
import Foundation

/// Collects and serves metrics; the default command.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collect metrics and serve them to Prometheus.",
        discussion: """
            Example: mailstore_exporter --mailstore.url https://mailstore.example.com:8463 \
            --mailstore.username monitoring --mailstore.password-file /etc/mailstore_exporter/password
            """)

    @Option(
        name: .customLong("config.file"),
        help: ArgumentHelp(
            "YAML configuration file. Without it, configure a single server with --mailstore.url and related options.",
            valueName: "file")
    )
    var configFile: String?

    @Flag(
        name: .customLong("config.check"),
        help: "Check the configuration and the files it names, print the effective configuration, and exit.")
    var checksConfiguration = false

    @OptionGroup(title: "A single server, without a configuration file")
    var server: MailStoreServerOptions

    @Option(
        name: .customLong("collection.interval"),
        help: ArgumentHelp(
            "Interval between collections, such as 30s or 5m (default: as configured, else 1m).", valueName: "duration")
    )
    var collectionInterval: String?

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp(
            "Directory for state that survives restarts (default: as configured, else $STATE_DIRECTORY, else data).",
            valueName: "directory"))
    var stateDirectory: String?

    @Option(
        help: ArgumentHelp(
            "Monitor only this share of the targets, such as 2/3 for the second of three exporters.",
            valueName: "i/n"),
        transform: { try Shard(parsing: $0) })
    var shard: Shard?

    @OptionGroup(title: "Web endpoint")
    var web: WebOptions

    @OptionGroup(title: "Log")
    var log: LogOptions

    func run() async throws {
        try await Failure.reported {
            let environment = ProcessInfo.processInfo.environment
            let web = try web.parse()
            let source = ConfigurationSource(flags: flags, environment: environment, shard: shard)
            let (configuration, findings) = try source.load()
            // A problem with the files of one target must not stop the others from being monitored.
            guard findings.problems.isEmpty || (configuration.targets.count > 1 && !checksConfiguration) else {
                throw Failure(findings.problems.joined(separator: "\n"), code: .configuration)
            }
            if checksConfiguration {
                for warning in try findings.warnings + web.check() { StandardError.write("warning: \(warning)") }
                print(configuration.redactedYAML(), terminator: "")
                return
            }
            let logger = log.makeLogger()
            for problem in findings.problems {
                logger.error("configuration problem", metadata: ["problem": "\(problem)"])
            }
            for warning in findings.warnings {
                logger.warning("configuration warning", metadata: ["warning": "\(warning)"])
            }
            let program = try await ExporterProgram(
                configuration, from: source, web: web, environment: environment, build: .current, logger: logger)
            await program.runUntilSignal(logger: logger)
        }
    }

    private var flags: ConfigurationFlags {
        var flags = server.flags(configFile: configFile, stateDirectory: stateDirectory)
        flags.collectionInterval = collectionInterval
        return flags
    }
}
