import ArgumentParser
import Commands
import Configuration
import PlainText

/// Calls a function of the API for a person.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call a function of the API, follow it to its end and print the result.",
        discussion: """
            Arguments are checked against what the server says it takes before anything is sent. name=@path reads a \
            value from a file, name=@@text means the text @text. Only functions that read (Get...) and the \
            verifications are called unless --allow-changes is given.

            What a long process logs and how far it is goes to standard error; the result alone goes to standard \
            output, as indented JSON. Ctrl-C asks whether to cancel the process on the server or to leave it running. \
            Exit codes: 0 where the call succeeded, 1 where not, 2 where the configuration is wrong, 64 where the \
            command line is.

            Example: mailstore_exporter call GetStores includeSize=true --config.file exporter.yml --target archive
            Example: mailstore_exporter call --token b3af0ebae4dd755d1a54b9756817baee --config.file exporter.yml
            """)

    @Argument(help: "The function, as the server spells it; see the command functions.")
    var function: String?

    @Argument(help: ArgumentHelp("The arguments of the function.", valueName: "name=value"))
    var arguments: [String] = []

    @Flag(help: "Call it also where it may change the server.")
    var allowChanges = false

    @Flag(help: "Print the whole reply as it came, byte for byte.")
    var raw = false

    @Flag(help: "Print HTTP status, headers and certificate too.")
    var include = false

    @Option(help: "Take up a process that was started before, instead of calling a function.")
    var token: String?

    @Flag(help: "With --token: cancel the process on the server, and follow it to its end.")
    var cancel = false

    @Option(
        help: ArgumentHelp(
            "How long one call may take, such as 10m (default: as configured, else 30s).", valueName: "duration"))
    var timeout: String?

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func validate() throws {
        if token == nil {
            guard function != nil else {
                throw ValidationError("Name the function to call, or a process with --token.")
            }
            guard !cancel else {
                throw ValidationError("--cancel needs --token, which says which process is meant.")
            }
        } else if function != nil {
            throw ValidationError("--token takes up a process that was started before; leave the function out.")
        }
        if let timeout {
            do {
                guard try PrometheusDuration(parsing: timeout).milliseconds > 0 else { throw InvalidValue("is 0") }
            } catch {
                throw ValidationError("--timeout: \(error)")
            }
        }
    }

    func run() async throws {
        try await Failure.reported {
            let recorder = ExchangeRecorder()
            let connection = try target.connect(
                timeout: timeout.flatMap { try? PrometheusDuration(parsing: $0) }, observer: recorder)
            defer { connection.close() }
            let command = CallCommand(subject, isRaw: raw, includesExchange: include)
            let hasSucceeded = try await Failure.from { () throws(CommandError) in
                try await command.run(on: connection, recorder: recorder, console: .own, attaching: target.attaching)
            }
            guard hasSucceeded else { throw ExitCode(Failure.Code.cannotRun.rawValue) }
        }
    }

    private var subject: CallCommand.Subject {
        if let token { return .process(token: token, cancels: cancel) }
        return .function(function ?? "", arguments: arguments, allowsChanges: allowChanges)
    }
}
