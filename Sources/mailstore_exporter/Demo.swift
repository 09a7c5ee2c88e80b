import ArgumentParser
import Configuration
import Foundation
import MailStoreAPI
import MailStoreSimulator

/// Runs the exporter against a simulated server.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the exporter against a simulated MailStore server, to try it out.",
        discussion: """
            Example: mailstore_exporter demo --simulation.speed 60

            Example: mailstore_exporter demo --spe --instances 100
            """)

    @OptionGroup(title: "Content")
    var content: ContentOptions

    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    @Option(
        name: .customLong("collection.interval"),
        help: ArgumentHelp("Interval between collections, such as 30s or 5m.", valueName: "duration"))
    var collectionInterval = "10s"

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp(
            "Directory for state that survives restarts (default: a temporary one).", valueName: "directory"))
    var stateDirectory: String?

    @OptionGroup(title: "Web endpoint")
    var web: WebOptions

    @OptionGroup(title: "Log")
    var log: LogOptions

    func run() async throws {
        try await Failure.reported {
            let logger = log.makeLogger()
            let web = try web.parse()
            let directory = stateDirectory ?? NSTemporaryDirectory() + "mailstore_exporter-demo-\(getpid())"
            defer { if stateDirectory == nil { try? FileManager.default.removeItem(atPath: directory) } }
            var options = simulation.makeOptions()
            content.apply(to: &options)
            // A verification in the demo then takes one minute instead of ten.
            options.messagesVerifiedPerSecond = 2500
            let simulator = try Simulator(options)
            let program = try await ExporterProgram(
                try configuration(for: simulator, stateDirectory: directory), web: web,
                environment: [:], build: .current, logger: logger)
            logger.notice("simulated MailStore server started", metadata: ["url": "\(simulator.url)"])
            for address in program.boundAddresses {
                logger.notice("serving metrics", metadata: ["url": "http://\(address)\(program.telemetryPath)"])
            }
            await DemoService(program: program, simulator: simulator).runUntilSignal(logger: logger)
        }
    }

    private func configuration(for simulator: Simulator, stateDirectory: String) throws -> Configuration {
        var flags = ConfigurationFlags()
        flags.url = simulator.url
        flags.username = "admin"
        flags.pinnedPublicKey = "sha256//\(simulator.publicKeyPin)"
        flags.collectionInterval = collectionInterval
        flags.stateDirectory = stateDirectory
        var configuration = try flags.load(environment: [ConfigurationFlags.passwordVariable: "simulated"])
        configuration.targets[0].name = "demo"
        configuration.targets[0].password = .inline(Secret("simulated"))
        guard !content.spe else { return configuration }
        // One store that grows, and one that is occasionally damaged.
        configuration.targets[0].verification = VerificationSettings(
            schedule: try Schedule(parsing: "*/5 * * * *"), stores: .ids(["3", "4"]))
        return configuration
    }
}

/// Stops the exporter first, then the simulated server.
private struct DemoService: LongRunning {
    let program: ExporterProgram
    let simulator: Simulator

    func run() async {
        await program.run()
        simulator.stop()
    }
}
