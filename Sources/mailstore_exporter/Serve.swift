import ArgumentParser
import Configuration
import Foundation
import Logging
import MicroHTTPServer
import OperatingSystem
import ServiceLifecycle

/// Collects and serves metrics: what the program does unless told otherwise.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collect and serve metrics (the default).",
        discussion: """
            Example: mailstore_exporter --mailstore.url https://mailstore.example.com:8463 \
            --mailstore.username monitoring --mailstore.password-file /etc/mailstore_exporter/password
            """)

    @Option(
        name: .customLong("config.file"),
        help: ArgumentHelp("The configuration, a YAML file; without it one server goes by flags.", valueName: "file"))
    var configFile: String?

    @Flag(
        name: .customLong("config.check"),
        help: "Check the configuration and the files it names, print what is effective, and exit.")
    var checksConfiguration = false

    @OptionGroup(title: "One server by flags")
    var server: MailStoreServerOptions

    @Option(
        name: .customLong("collection.interval"),
        help: ArgumentHelp("How often to collect, such as 30s or 5m.", valueName: "duration"))
    var collectionInterval: String?

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp(
            "Where outcomes survive restarts (default: $STATE_DIRECTORY, else data).", valueName: "directory"))
    var stateDirectory: String?

    @Option(
        help: ArgumentHelp(
            "Take only the targets that fall to this one of several exporters, such as 2/3 for the second of three.",
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
            let (configuration, findings) = try load(source)
            // One target's file must not keep the others from being watched; alone, it must be mended first.
            guard findings.problems.isEmpty || (configuration.targets.count > 1 && !checksConfiguration) else {
                throw Failure(findings.problems.joined(separator: "\n"), code: .configuration)
            }
            if checksConfiguration {
                do throws(StartupError) {
                    let warnings = try findings.warnings + web.check()
                    for warning in warnings { StandardError.write("warning: \(warning)") }
                } catch {
                    throw Failure(error)
                }
                print(configuration.redactedYAML(), terminator: "")
                return
            }
            let logger = log.makeLogger()
            for problem in findings.problems {
                logger.error("configuration problem", metadata: ["problem": "\(problem)"])
            }
            for warning in findings.warnings {
                logger.warning("unwise configuration", metadata: ["warning": "\(warning)"])
            }
            let program: ExporterProgram
            do throws(StartupError) {
                program = try await ExporterProgram(
                    configuration, from: source, web: web, environment: environment, build: .current, logger: logger)
            } catch {
                throw Failure(error)
            }
            try await program.runUntilSignal(logger: logger)
        }
    }

    private var flags: ConfigurationFlags {
        var flags = ConfigurationFlags()
        flags.configFile = configFile
        flags.url = server.url
        flags.username = server.username
        flags.passwordFile = server.passwordFile
        flags.caFile = server.caFile
        flags.pinnedPublicKey = server.pinnedPublicKey
        flags.insecureSkipVerify = server.insecureSkipVerify
        flags.collectionInterval = collectionInterval
        flags.stateDirectory = stateDirectory
        return flags
    }

    private func load(_ source: ConfigurationSource) throws -> (Configuration, Configuration.Findings) {
        do throws(ConfigurationError) {
            return try source.load()
        } catch {
            throw Failure(error.description, code: .configuration)
        }
    }
}
