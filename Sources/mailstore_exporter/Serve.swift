import ArgumentParser
import Commands
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
            "Monitor only this share of the targets, such as 2/3 for the second of three exporters; the first is 1/3.",
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
            var source = ConfigurationSource(flags: flags, environment: environment, shard: shard)
            let reading = try source.load()
            let (configuration, findings) = (reading.configuration, reading.findings)
            if checksConfiguration {
                try check(reading)
                for warning in try findings.warnings + web.check() { StandardError.write("warning: \(warning)") }
                return try Console.own.print(configuration.redactedYAML())
            }
            // A problem with the files of one target must not stop the others from being monitored.
            guard findings.problems.isEmpty || configuration.targets.count > 1 || reading.targetFiles.isUsed else {
                throw Failure(findings.problems.joined(separator: "\n"), code: .configuration)
            }
            let logger = log.makeLogger()
            findings.log(to: logger)
            TargetFileLog(logger).log(from: TargetFileReport(), to: reading.targetFiles)
            if let sharding = configuration.sharding {
                let count = configuration.targets.count
                logger.notice(
                    "this exporter monitors a share of the targets",
                    metadata: [
                        "shard": "\(sharding.shard)", "targets": "\(count)", "of": "\(count + sharding.others.count)",
                    ])
            }
            let program = try await ExporterProgram(
                configuration, from: (source, reading.targetFiles), web: web, environment: environment, build: .current,
                logger: logger)
            await program.runUntilSignal(logger: logger)
        }
    }

    /// - Throws: A message with all problems.
    private func check(_ reading: ConfigurationSource.Reading) throws {
        let problems =
            reading.targetFiles.problems.map(\.text) + reading.findings.problems + reading.findings.targetFileProblems
        guard problems.isEmpty else { throw Failure(problems.joined(separator: "\n"), code: .configuration) }
    }

    private var flags: ConfigurationFlags {
        var flags = server.flags(configFile: configFile, stateDirectory: stateDirectory)
        flags.collectionInterval = collectionInterval
        return flags
    }
}
