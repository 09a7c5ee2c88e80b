import ArgumentParser
import MailStoreSimulator

/// Runs a simulated MailStore server.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a simulated MailStore server, for trials and tests.",
        discussion: """
            Faults are injected over HTTP, for example: \
            curl -k -X POST 'https://127.0.0.1:8463/simulator/faults?function=GetStores&fault=hang'

            Example: mailstore_exporter simulate --port 8463 --simulation.speed 60
            """)

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 selects a free one.")
    var port = 8463

    @Option(help: "User name of the administrator.")
    var username = "admin"

    @Option(help: "Password of the administrator.")
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
            let simulator = try Simulator(options)
            let logger = log.makeLogger()
            logger.notice(
                "simulated MailStore server started",
                metadata: [
                    "url": "\(simulator.url)", "username": "\(username)",
                    "pinned_public_key": "sha256//\(simulator.publicKeyPin)",
                ])
            await SimulatorService(simulator: simulator).runUntilSignal(logger: logger)
        }
    }
}

/// Stops the simulated server at shutdown.
private struct SimulatorService: LongRunning {
    let simulator: Simulator

    func run() async {
        let (untilCancelled, continuation) = AsyncStream<Never>.makeStream()
        for await _ in untilCancelled {}
        continuation.finish()
        simulator.stop()
    }
}

/// The behaviour of the simulated server.
struct SimulationOptions: ParsableArguments {
    @Option(name: .customLong("simulation.seed"), help: ArgumentHelp("Random seed.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        name: .customLong("simulation.speed"),
        help: ArgumentHelp("Simulated seconds per real second.", valueName: "number"))
    var speed = 1.0

    @Option(
        name: .customLong("simulation.history"),
        help: ArgumentHelp("Days of past runs that the server has at its start.", valueName: "days"))
    var history = 30

    func validate() throws {
        guard speed >= 0, speed.isFinite else {
            throw ValidationError("--simulation.speed must be a number of at least 0, such as 60")
        }
        guard (0...3650).contains(history) else {
            throw ValidationError("--simulation.history must be a number of days from 0 to 3650")
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
