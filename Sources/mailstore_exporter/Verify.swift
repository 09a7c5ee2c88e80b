import ArgumentParser
import Commands

/// Verifies one store or all stores.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify one store or all stores, and show the progress.",
        discussion: """
            The server reads every message of the store. This may take hours, and it continues on the server if this \
            program ends. The last line, on standard output, reports the result, the number of messages verified and \
            the number of log lines that look like damage.

            Exit codes: 0 if it succeeded and no log line looks like damage, 2 if it failed or a log line does, 1 if it \
            could not be started or followed to its end (also if the configuration is invalid), 64 if the command line \
            is invalid.

            Example: mailstore_exporter verify --store 3 --log store-3.log --config.file exporter.yml
            """)

    @Option(help: ArgumentHelp("Id of the store to verify; GetStores lists the ids.", valueName: "id"))
    var store: String?

    @Flag(help: "Verify all stores, one after the other.")
    var all = false

    @Flag(help: "Also verify the search indexes.")
    var includeIndexes = false

    @Option(name: .customLong("log"), help: ArgumentHelp("Write the log to this file.", valueName: "file"))
    var logFile: String?

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func validate() throws {
        guard (store != nil) != all else {
            throw ValidationError("Choose what to verify: either --store ID or --all.")
        }
        guard store?.isEmpty != true else { throw ValidationError("--store: give the id of a store, such as 3.") }
    }

    func run() async throws {
        // 2 is reserved for a verification that failed.
        try await Failure.reported(configurationCode: .cannotRun) {
            let command = VerifyCommand(
                store.map { .store($0) } ?? .all, includesIndexes: includeIndexes, logFile: logFile)
            let connection = try target.connect()
            defer { connection.close() }
            switch try await command.run(on: connection, console: .own, attaching: target.attaching) {
            case .sound: break
            case .suspect: throw ExitCode(2)
            case .incomplete: throw ExitCode(1)
            }
        }
    }
}
