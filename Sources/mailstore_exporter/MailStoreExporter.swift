import ArgumentParser
import CBuildInformation
import Glibc
import LogOutput
import Logging
import OperatingSystem
import ServiceLifecycle

/// The program: its commands, and what happens when none is named.
@main
struct MailStoreExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailstore_exporter",
        abstract: "Watches MailStore e-mail archives for Prometheus.",
        discussion: """
            With --config.file, or with --mailstore.url and its companions for one server, it collects and serves \
            metrics until it is told to stop. Exit codes: 0 after a clean end, 1 where it cannot run, 2 where the \
            configuration is wrong, 64 where the command line is.
            """,
        version: BuildInformation.version,
        subcommands: [
            Serve.self, Demo.self, Simulate.self, Metrics.self, Functions.self, Call.self, Verify.self, Check.self,
            History.self, KitCommand.self,
        ],
        defaultSubcommand: Serve.self
    )
}

/// Ends the program with a message on standard error and an exit code.
struct Failure: Error {
    /// Why the program ends; the numbers are a promise to those who run it.
    enum Code: Int32 {
        /// It cannot run: a port in use, a state directory that cannot be written to.
        case cannotRun = 1
        /// The configuration is wrong.
        case configuration = 2
        /// The command line is wrong.
        case commandLine = 64
    }

    var message: String
    var code: Code

    init(_ message: String, code: Code) {
        self.message = message
        self.code = code
    }

    init(_ error: StartupError) {
        self.init(error.description, code: error.isMistake ? .configuration : .cannotRun)
    }

    /// Runs `body`; a failure is written out and becomes the program's exit code.
    static func reported<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let failure as Failure {
            StandardError.write(JournalStream.marked("mailstore_exporter: \(failure.message)", .error))
            throw ExitCode(failure.code.rawValue)
        }
    }
}

/// Messages for people that are no log lines.
enum StandardError {
    static func write(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension BuildInformation {
    /// This build.
    static let current = BuildInformation(revision: String(cString: build_revision))
}

extension Service {
    /// Runs until SIGTERM or SIGINT asks for the end.
    func runUntilSignal(logger: Logger) async throws {
        var quiet = logger
        // The group speaks of its own affairs; what users want to know the services say themselves.
        quiet.logLevel = .critical
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }
}
