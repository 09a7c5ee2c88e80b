import ArgumentParser
import Ledger
import MailStoreSimulator
import ServiceLifecycle

/// Runs a simulated MailStore server.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a simulated MailStore server, for trying things out and for tests.",
        discussion: """
            Faults can be ordered over HTTP, for example: \
            curl -k -X POST 'https://127.0.0.1:8463/simulator/faults?function=GetStores&fault=hang'

            Example: mailstore_exporter simulate --port 8463 --simulation.speed 60
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 8463

    @Option(help: "The administrator who may log in.")
    var username = "admin"

    @Option(help: "That administrator's password.")
    var password = "simulated"

    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    @OptionGroup(title: "Log")
    var log: LogOptions

    func run() async throws {
        try await Failure.reported {
            var options = simulation.makeOptions()
            options.host = host
            options.port = port
            options.username = username
            options.password = password
            let simulator: Simulator
            do throws(SimulatorError) {
                simulator = try Simulator(options)
            } catch {
                throw Failure(error.description, code: .cannotRun)
            }
            let logger = log.makeLogger()
            logger.notice(
                "simulated MailStore server runs",
                metadata: [
                    "url": "\(simulator.url)", "username": "\(username)",
                    "pinned_public_key": "sha256//\(simulator.publicKeyPin)",
                ])
            try await SimulatorService(simulator: simulator).runUntilSignal(logger: logger)
        }
    }
}

/// A simulated server that ends when the program does.
struct SimulatorService: Service {
    let simulator: Simulator

    func run() async throws {
        try? await gracefulShutdown()
        simulator.stop()
    }
}
