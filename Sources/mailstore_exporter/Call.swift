import ArgumentParser
import Commands
import Configuration
import PlainText

/// Calls a function of the API.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call a function of the API, wait for it to finish and print the result.",
        discussion: """
            The arguments are checked against the server's own list of functions before anything is sent. name=@path \
            reads a value from a file; name=@@text passes the text @text. Only read-only functions (Get...) and \
            verifications are called, unless --allow-changes is given.

            The log and the progress of a long-running process go to standard error; only the result goes to standard \
            output, as indented JSON. Ctrl-C asks whether to cancel the process on the server or to leave it running. \
            Exit codes: 0 if the call succeeded, 1 if it failed, 2 if the configuration is invalid, 64 if the command \
            line is invalid.

            Example: mailstore_exporter call GetStores includeSize=true --config.file exporter.yml --target archive
            Example: mailstore_exporter call --token b3af0ebae4dd755d1a54b9756817baee --config.file exporter.yml
            """)

    @Argument(help: "Name of the function, spelled as the server lists it; see the command functions.")
    var function: String?

    @Argument(help: ArgumentHelp("Arguments of the function.", valueName: "name=value"))
    var arguments: [String] = []

    @Flag(help: "Call the function even if it may change the server.")
    var allowChanges = false

    @Flag(help: "Print the whole reply as received, byte for byte.")
    var raw = false

    @Flag(help: "Also print HTTP status, headers and certificate.")
    var include = false

    @Option(help: "Follow a process that was started earlier, instead of calling a function.")
    var token: String?

    @Flag(help: "With --token: cancel the process on the server and wait for it to end.")
    var cancel = false

    @Option(
        help: ArgumentHelp(
            "Time limit of a single request, such as 10m (default: as configured, else 30s).", valueName: "duration"),
        transform: {
            let limit = try PrometheusDuration(parsing: $0)
            guard limit.milliseconds > 0 else { throw InvalidValue("must be longer than 0") }
            return limit
        })
    var timeout: PrometheusDuration?

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func validate() throws {
        if token == nil {
            guard function != nil else {
                throw ValidationError("Name the function to call, or the process to follow with --token.")
            }
            guard !cancel else {
                throw ValidationError("--cancel needs --token, which names the process to cancel.")
            }
        } else if function != nil {
            throw ValidationError("--token follows a process that was started earlier; leave out the function.")
        }
    }

    func run() async throws {
        try await Failure.reported {
            let connection = try target.connect(timeout: timeout)
            defer { connection.close() }
            let command = CallCommand(subject, isRaw: raw, includesExchange: include)
            let hasSucceeded = try await command.run(on: connection, console: .own, attaching: target.attaching)
            guard hasSucceeded else { throw ExitCode(Failure.Code.cannotRun.rawValue) }
        }
    }

    private var subject: CallCommand.Subject {
        if let token { return .process(token: token, cancels: cancel) }
        return .function(function ?? "", arguments: arguments, allowsChanges: allowChanges)
    }
}
