import ArgumentParser
import Configuration
import Foundation
import Ledger
import MailStoreAPI
import MailStoreSimulator
import ServiceLifecycle

/// Runs the exporter against a simulated server of its own.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the exporter against a simulated MailStore server, to look at.",
        discussion: "Example: mailstore_exporter demo --simulation.speed 60")

    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    @Option(
        name: .customLong("collection.interval"),
        help: ArgumentHelp("How often to collect, such as 30s or 5m.", valueName: "duration"))
    var collectionInterval = "10s"

    @Option(
        name: .customLong("state.directory"),
        help: ArgumentHelp("Where outcomes survive restarts (default: a temporary one).", valueName: "directory"))
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
            let simulator: Simulator
            let program: ExporterProgram
            do {
                var options = simulation.makeOptions()
                // So that a verification of the demo takes a minute, not ten.
                options.messagesVerifiedPerSecond = 2500
                simulator = try Simulator(options)
                program = try await ExporterProgram(
                    try configuration(for: simulator, stateDirectory: directory), web: web,
                    environment: [:], build: .current, logger: logger)
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure("\(error)", code: .cannotRun)
            }
            logger.notice("simulated MailStore server runs", metadata: ["url": "\(simulator.url)"])
            for address in program.boundAddresses {
                logger.notice("look at the metrics", metadata: ["url": "http://\(address)/metrics"])
            }
            try await DemoService(program: program, simulator: simulator).runUntilSignal(logger: logger)
        }
    }

    private func configuration(for simulator: Simulator, stateDirectory: String) throws -> Configuration {
        var flags = ConfigurationFlags()
        flags.url = simulator.url
        flags.username = "admin"
        flags.pinnedPublicKey = "sha256//\(simulator.publicKeyPin)"
        flags.collectionInterval = collectionInterval
        flags.stateDirectory = stateDirectory
        do {
            var configuration = try flags.load(environment: [ConfigurationFlags.passwordVariable: "simulated"])
            configuration.targets[0].name = "demo"
            configuration.targets[0].password = .inline(Secret("simulated"))
            // One store that grows, and one that is found damaged now and then.
            configuration.targets[0].verification = VerificationSettings(
                schedule: try Schedule(parsing: "*/5 * * * *"), stores: .ids(["3", "4"]))
            return configuration
        } catch {
            throw Failure("\(error)", code: .configuration)
        }
    }
}

/// The exporter and the server it watches, ended in this order.
private struct DemoService: Service {
    let program: ExporterProgram
    let simulator: Simulator

    func run() async throws {
        await program.run()
        simulator.stop()
    }
}
