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

/// How the simulated server lives.
struct SimulationOptions: ParsableArguments {
    @Option(name: .customLong("simulation.seed"), help: "Decides all that happens by chance.")
    var seed: UInt64 = 1

    @Option(name: .customLong("simulation.speed"), help: "Simulated seconds that pass in a real second.")
    var speed = 1.0

    @Option(name: .customLong("simulation.history"), help: "Days of finished runs that lie behind the server.")
    var history = 30

    func validate() throws {
        guard speed >= 0, speed.isFinite else {
            throw ValidationError("--simulation.speed is a number from 0 up, such as 60")
        }
        guard (0...3650).contains(history) else {
            throw ValidationError("--simulation.history is a number of days from 0 to 3650")
        }
    }

    func makeOptions() -> MailStoreSimulator.SimulatorOptions {
        var options = MailStoreSimulator.SimulatorOptions()
        options.seed = seed
        options.speed = speed
        options.history = history
        return options
    }
}
