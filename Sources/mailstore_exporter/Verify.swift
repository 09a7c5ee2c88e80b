import ArgumentParser
import Commands

/// Verifies a store, or all of them, for a person.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a store or all stores, and show it live.",
        discussion: """
            The server reads every message of the store; that may take hours, and it goes on where this program ends. \
            The last line, on standard output, says how it ended, how many messages were verified, and how many lines \
            of the log look like damage.

            Exit codes: 0 where it succeeded and no line looks like damage, 2 where it did not succeed or one does, \
            1 where it could not be run or watched to its end (a wrong configuration included), 64 where the command \
            line is wrong.

            Example: mailstore_exporter verify --store 3 --log store-3.log --config.file exporter.yml
            """)

    @Option(help: ArgumentHelp("The store to verify; GetStores lists the ids.", valueName: "id"))
    var store: String?

    @Flag(help: "Verify all stores, one after the other.")
    var all = false

    @Flag(help: "Verify the search indexes too.")
    var includeIndexes = false

    @Option(name: .customLong("log"), help: ArgumentHelp("Keep the log in this file.", valueName: "file"))
    var logFile: String?

    @OptionGroup(title: "Server")
    var target: TargetOptions

    func validate() throws {
        guard (store != nil) != all else {
            throw ValidationError("Say what to verify: either --store ID or --all.")
        }
        guard store?.isEmpty != true else { throw ValidationError("--store: give the id of a store, such as 3.") }
    }

    func run() async throws {
        try await Failure.reported {
            let command = VerifyCommand(
                store.map { .store($0) } ?? .all, includesIndexes: includeIndexes, logFile: logFile)
            let verdict: VerifyCommand.Verdict
            do {
                let connection = try target.connect()
                defer { connection.close() }
                verdict = try await Failure.from { () throws(CommandError) in
                    try await command.run(on: connection, console: .own, attaching: target.attaching)
                }
            } catch var failure as Failure {
                // 2 is kept for a verification that did not succeed.
                if failure.code == .configuration { failure.code = .cannotRun }
                throw failure
            }
            switch verdict {
            case .sound: break
            case .suspect: throw ExitCode(2)
            case .incomplete: throw ExitCode(1)
            }
        }
    }
}
