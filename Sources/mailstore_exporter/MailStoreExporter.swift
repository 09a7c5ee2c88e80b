import ArgumentParser
import CBuildInformation
import Commands
import Configuration
import Glibc
import Kit
import LogOutput
import Logging
import MailStoreSimulator
import OperatingSystem

@main
enum Main {
    static func main() async {
        Descriptors.openMissingStandardOnes()
        await MailStoreExporter.main()
    }
}

/// The program and its commands.
struct MailStoreExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailstore_exporter",
        abstract: "Prometheus exporter for MailStore e-mail archives.",
        discussion: """
            Without a command it collects metrics and serves them until it is stopped (serve). Configure it with \
            --config.file, or configure a single server with --mailstore.url, --mailstore.username and \
            --mailstore.password-file. Exit codes: 0 after a clean shutdown, 1 if it cannot run or did not end in time, 2 \
            if the configuration is invalid, 64 if the command line is invalid.
            """,
        version: BuildInformation.version,
        subcommands: [
            Serve.self, Demo.self, Simulate.self, Metrics.self, Functions.self, Call.self, Verify.self, Check.self,
            History.self, State.self, KitCommand.self,
        ],
        defaultSubcommand: Serve.self
    )
}

/// Ends the program with a message on standard error and an exit code.
struct Failure: Error {
    /// The reason for the exit; scripts rely on the numbers.
    enum Code: Int32 {
        /// The program cannot run: a port is in use, the state directory is not writable. Or it did not end in time.
        case cannotRun = 1
        /// The configuration is invalid.
        case configuration = 2
        /// The command line is invalid.
        case commandLine = 64
    }

    private let message: String
    private let code: Code

    init(_ message: String, code: Code) {
        self.message = message
        self.code = code
    }

    /// The errors of the other modules; `nil` for errors that ArgumentParser reports.
    private init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ConfigurationError: self.init(error.description, code: .configuration)
        case let error as StartupError:
            self.init(error.description, code: error.isMistake ? .configuration : .cannotRun)
        case let error as SimulatorError: self.init(error.description, code: .cannotRun)
        case let error as KitError: self.init(error.description, code: .cannotRun)
        case let error as CommandError:
            switch error.kind {
            case .commandLine: self.init(error.description, code: .commandLine)
            case .configuration: self.init(error.description, code: .configuration)
            case .failure: self.init(error.description, code: .cannotRun)
            }
        default: return nil
        }
    }

    /// Runs `body`; a failure is printed and becomes the program's exit code.
    ///
    /// - Parameter configurationCode: The exit code for an invalid configuration.
    static func reported(configurationCode: Code = .configuration, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            guard let failure = Failure(error) else { throw error }
            // After the lines that are logged already. A log that nobody reads must not keep the program from ending.
            LogQueue.standardError.write(JournalStream.marked(failure.text, .error))
            LogQueue.standardError.flush(within: .seconds(5))
            throw ExitCode((failure.code == .configuration ? configurationCode : failure.code).rawValue)
        }
    }

    /// The message with the program's name before each problem; indented lines continue the one before.
    private var text: String {
        message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(" ") ? String($0) : "mailstore_exporter: \($0)" }.joined(separator: "\n")
    }
}

/// Messages for people that are not log lines.
enum StandardError {
    static func write(_ line: String) {
        _ = Array((line + "\n").utf8).withUnsafeBytes { Descriptors.write($0, to: STDERR_FILENO) }
    }
}

extension BuildInformation {
    /// The build of the program.
    static let current = BuildInformation(revision: String(cString: build_revision))
}
