import Foundation
import MailStoreSimulator

/// A simulated server whose clock moves only when a test moves it, and the flags by which commands reach it.
final class CommandScene: Sendable {
    static let password = "simulated-4711"

    let simulator: Simulator
    let folder: TemporaryFolder

    init(_ configure: (inout SimulatorOptions) -> Void = { _ in }) throws {
        var options = SimulatorOptions()
        options.password = Self.password
        options.isAlive = false
        options.history = 0
        options.speed = 0
        configure(&options)
        simulator = try Simulator(options)
        folder = try TemporaryFolder()
    }

    deinit {
        simulator.stop()
    }

    var flags: [String] {
        [
            "--mailstore.url", simulator.url, "--mailstore.username", "admin", "--mailstore.pinned-public-key",
            "sha256//\(simulator.publicKeyPin)",
        ]
    }

    static let environment = ["MAILSTORE_PASSWORD": password, "TERM": "xterm"]

    /// Starts a command without a terminal.
    func start(_ arguments: [String], environment: [String: String] = environment) throws -> RunningProgram {
        try RunningProgram(Exporter.path, arguments + flags, environment: environment)
    }

    /// Runs a command without a terminal to its end.
    func run(
        _ arguments: [String], environment: [String: String] = environment
    ) async throws -> (exitCode: RunningProgram.Ending, output: String, errors: String) {
        let program = try start(arguments, environment: environment)
        let ending = try await program.waitForEnd()
        return (ending, program.output, program.errors)
    }

    /// Starts a command on a terminal of its own.
    func terminal(_ arguments: [String], environment: [String: String] = environment) throws -> CommandTerminal {
        try CommandTerminal(Exporter.path, arguments + flags, environment: environment)
    }

    /// The functions that were called, in their order.
    var called: [String] { simulator.requestLog().map(\.function) }

    /// Moves the simulated clock on, again and again, until the condition holds.
    func moveClock(by seconds: Double, until what: String, _ condition: () async throws -> Bool) async throws {
        try await eventually(what) {
            if try await condition() { return true }
            simulator.advanceClock(by: seconds)
            return false
        }
    }
}
