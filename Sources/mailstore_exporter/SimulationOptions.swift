import ArgumentParser
import MailStoreSimulator

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
