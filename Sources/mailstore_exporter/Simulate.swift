import ArgumentParser
import MailStoreSimulator

/// Runs a simulated MailStore server.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a simulated MailStore server, for trials and tests.",
        discussion: """
            Faults are injected over HTTP, for example: \
            curl -k -X POST 'https://127.0.0.1:8463/simulator/faults?function=GetStores&fault=hang'

            With --spe it is a server of the Service Provider Edition. Its instances are kunde0001, kunde0002 and so on; \
            some of the first twelve of every hundred are stopped, frozen, in safe mode or without provider access. They \
            are changed over HTTP, for example: \
            curl -k -X POST 'https://127.0.0.1:8474/simulator/instances?instance=kunde0001&change=freeze'

            Example: mailstore_exporter simulate --port 8463 --simulation.speed 60

            Example: mailstore_exporter simulate --spe --instances 500 --stores 20
            """)

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 selects a free one. (default: 8463, 8474 with --spe)")
    var port: Int?

    @Option(help: "User name of the administrator.")
    var username = "admin"

    @Option(help: "Password of the administrator.")
    var password = "simulated"

    @OptionGroup(title: "Content")
    var content: ContentOptions

    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    @OptionGroup(title: "Log")
    var log: LogOptions

    func run() async throws {
        try await Failure.reported {
            var options = simulation.makeOptions()
            content.apply(to: &options)
            options.host = host
            options.port = port ?? (content.spe ? 8474 : 8463)
            options.username = username
            options.password = password
            let simulator = try Simulator(options)
            let logger = log.makeLogger()
            logger.notice(
                "simulated MailStore server started",
                metadata: [
                    "url": "\(simulator.url)", "username": "\(username)", "edition": content.spe ? "spe" : "server",
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

/// What the simulated server manages.
struct ContentOptions: ParsableArguments {
    @Flag(help: "Simulate the Service Provider Edition instead of MailStore Server.")
    var spe = false

    @Option(help: "Number of instances, with --spe. (default: 12)")
    var instances: Int?

    @Option(help: "Number of stores of each archive. (default: those of the built-in archive)")
    var stores: Int?

    @Option(help: "Number of jobs of each archive. (default: those of the built-in archive)")
    var jobs: Int?

    @Option(help: "Number of profiles of each archive. (default: those of the built-in archive)")
    var profiles: Int?

    func validate() throws {
        guard spe || instances == nil else {
            throw ValidationError("--instances needs --spe: MailStore Server has no instances")
        }
        try check("--instances", instances, atMost: 10_000)
        try check("--stores", stores, atMost: 1000)
        try check("--jobs", jobs, atMost: 1000)
        try check("--profiles", profiles, atMost: 1000)
    }

    private func check(_ name: String, _ number: Int?, atMost limit: Int) throws {
        guard let number, !(0...limit).contains(number) else { return }
        throw ValidationError("\(name) must be a number from 0 to \(limit)")
    }

    func apply(to options: inout MailStoreSimulator.SimulatorOptions) {
        if spe { options.edition = .serviceProvider }
        if let instances { options.instances = instances }
        options.stores = stores
        options.jobs = jobs
        options.profiles = profiles
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

    enum Language: String, ExpressibleByArgument, CaseIterable {
        case en, de
    }

    @Option(
        name: .customLong("simulation.language"),
        help: ArgumentHelp("Language of the names of stores, profiles and jobs.", valueName: "language"))
    var language = Language.en

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
        options.language = language == .de ? .german : .english
        return options
    }
}
